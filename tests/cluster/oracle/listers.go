// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/openshift/api/security"
	securityv1informers "github.com/openshift/client-go/security/informers/externalversions/security/v1"
	securityv1listers "github.com/openshift/client-go/security/listers/security/v1"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/informers"
	coreinformers "k8s.io/client-go/informers/core"
	corev1informers "k8s.io/client-go/informers/core/v1"
	corev1listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// synced stands for an informer that has seen everything.
type synced struct{ cache.SharedIndexInformer }

func (synced) HasSynced() bool { return true }

// sccInformer is the informer of SCCs over a store in memory.
type sccInformer struct {
	securityv1informers.SecurityContextConstraintsInformer
	store cache.Indexer
}

func (i sccInformer) Informer() cache.SharedIndexInformer { return synced{} }

func (i sccInformer) Lister() securityv1listers.SecurityContextConstraintsLister {
	return securityv1listers.NewSecurityContextConstraintsLister(i.store)
}

func newStore() cache.Indexer {
	return cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
}

func sccInformerOf(sccs sccSet, ids []string) (sccInformer, error) {
	store := newStore()
	for _, id := range ids {
		scc, found := sccs[id]
		if !found {
			return sccInformer{}, fmt.Errorf("there is no SCC with the id %q", id)
		}
		if err := store.Add(scc); err != nil {
			return sccInformer{}, err
		}
	}
	return sccInformer{store: store}, nil
}

// Kubernetes' informers are asked for namespaces only; each of these types is one step on the way to them.
type (
	namespaceFactory struct {
		informers.SharedInformerFactory
		store cache.Indexer
	}
	coreGroup struct {
		coreinformers.Interface
		store cache.Indexer
	}
	coreVersion struct {
		corev1informers.Interface
		store cache.Indexer
	}
	namespaceInformer struct{ store cache.Indexer }
)

func (f namespaceFactory) Core() coreinformers.Interface { return coreGroup{store: f.store} }

func (g coreGroup) V1() corev1informers.Interface { return coreVersion{store: g.store} }

func (v coreVersion) Namespaces() corev1informers.NamespaceInformer {
	return namespaceInformer{v.store}
}

func (namespaceInformer) Informer() cache.SharedIndexInformer { return synced{} }

func (i namespaceInformer) Lister() corev1listers.NamespaceLister {
	return corev1listers.NewNamespaceLister(i.store)
}

func namespaceFactoryOf(one *testCase) (namespaceFactory, error) {
	store := newStore()
	if one.NoNamespace {
		return namespaceFactory{store: store}, nil
	}
	return namespaceFactory{store: store}, store.Add(&one.Namespace)
}

// grants is the field `usable`: which SCCs the authorizer lets whom use.
type grants map[string]names

// names is a list of SCC names, or "*" for all.
type names []string

const everyone = "*"

// UnmarshalJSON takes the short forms too: "*" or a list, for everyone.
func (g *grants) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		entries := map[string]names{}
		if err := json.Unmarshal(data, &entries); err != nil {
			return err
		}
		*g = entries
		return nil
	}
	var all names
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*g = grants{everyone: all}
	return nil
}

// UnmarshalJSON takes "*" for a list of all.
func (n *names) UnmarshalJSON(data []byte) error {
	var list []string
	if string(data) == `"*"` {
		*n = names{everyone}
		return nil
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*n = list
	return nil
}

func (n names) allow(scc string) bool {
	return slices.Contains(n, everyone) || slices.Contains(n, scc)
}

// Authorize grants the verb use on SCCs, by the user's name and groups.
func (g grants) Authorize(_ context.Context, asked authorizer.Attributes) (authorizer.Decision, string, error) {
	if asked.GetVerb() != "use" || asked.GetAPIGroup() != security.GroupName ||
		asked.GetResource() != "securitycontextconstraints" || !asked.IsResourceRequest() {
		return authorizer.DecisionNoOpinion, "", nil
	}
	subjects := []string{everyone, asked.GetUser().GetName()}
	for _, group := range asked.GetUser().GetGroups() {
		subjects = append(subjects, "group:"+group)
	}
	for _, subject := range subjects {
		if g[subject].allow(asked.GetName()) {
			return authorizer.DecisionAllow, "", nil
		}
	}
	return authorizer.DecisionNoOpinion, "", nil
}
