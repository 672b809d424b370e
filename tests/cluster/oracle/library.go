// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"

	securityv1 "github.com/openshift/api/security/v1"
	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/capabilities"
	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/group"
	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/sccadmission"
	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/sccmatching"
	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/selinux"
	sccuser "github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/user"
	sccutil "github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/util"
	sccsort "github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/util/sort"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/tools/cache"
	coreapi "k8s.io/kubernetes/pkg/apis/core"
)

// listing is what the library says beside admission: which SCCs the service account and the requester may use, in the order
// in which they would be tried, the order of all by their restrictions, and which SCCs allow NFS volumes.
type listing struct {
	ID           string   `json:"id"`
	Usable       []string `json:"usable"`
	Restrictions []string `json:"restrictions"`
	NFS          []string `json:"nfs"`
}

// list answers each case with a listing.
func list(sccs sccSet, in io.Reader, out io.Writer) error {
	return eachLine(in, func(line []byte) error {
		one := &testCase{}
		if err := json.Unmarshal(line, one); err != nil {
			return err
		}
		found, err := listingOf(sccs, one)
		if err != nil {
			return err
		}
		return writeLine(out, found)
	})
}

func listingOf(sccs sccSet, one *testCase) (*listing, error) {
	present, err := sccInformerOf(sccs, one.SCCs)
	if err != nil {
		return nil, err
	}
	pod, err := decodedPod(one.Pod)
	if err != nil {
		return nil, err
	}
	users := []user.Info{&user.DefaultInfo{Name: one.User.Name, Groups: one.User.Groups}}
	if account := pod.Spec.ServiceAccountName; account != "" {
		users = append(users, serviceaccount.UserInfo(one.Namespace.Name, account, ""))
	}
	matcher := sccmatching.NewDefaultSCCMatcher(present.Lister(), one.Usable)
	usable, err := matcher.FindApplicableSCCs(context.Background(), one.Namespace.Name, users...)
	if err != nil {
		return nil, err
	}
	all, err := matcher.FindApplicableSCCs(context.Background(), one.Namespace.Name)
	if err != nil {
		return nil, err
	}
	found := &listing{ID: one.ID, Usable: namesOf(usable)}
	for _, scc := range all {
		if sccutil.SCCAllowsFSType(scc, securityv1.FSTypeNFS) {
			found.NFS = append(found.NFS, scc.Name)
		}
	}
	sort.Sort(sccsort.ByRestrictions(all))
	found.Restrictions = namesOf(all)
	return found, nil
}

func namesOf(sccs []*securityv1.SecurityContextConstraints) []string {
	names := []string{}
	for _, scc := range sccs {
		names = append(names, scc.Name)
	}
	return names
}

type failing struct{}

func (failing) Authorize(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
	return authorizer.DecisionAllow, "", errors.New("no answer")
}

type unsynced struct{ cache.SharedIndexInformer }

func (unsynced) HasSynced() bool { return false }

// A case in which the plugin's parts are wired as an API server wires them, or not at all, and asked what admission itself
// never asks: what the batch cannot show, and what filling leaves no check to find.
func checkLibrary(out io.Writer) error {
	var wrong []string
	expect := func(what string, holds bool) {
		if !holds {
			wrong = append(wrong, what)
		}
	}
	checkWiring(expect)
	checkOddRequests(expect)
	checkConstructors(expect)
	checkStrategies(expect)
	if len(wrong) > 0 {
		return fmt.Errorf("the library does not answer as expected: %q", wrong)
	}
	return writeLine(out, map[string]bool{"asExpected": true})
}

func checkWiring(expect func(string, bool)) {
	plugins := admission.NewPlugins()
	sccadmission.Register(plugins)
	sccadmission.RegisterSCCExecRestrictions(plugins)
	known := plugins.Registered()
	expect("both plugins are registered", slices.Contains(known, sccadmission.PluginName) && len(known) == 2)
	factory, informer := namespaceFactory{store: newStore()}, sccInformer{store: newStore()}
	for _, name := range known {
		// What is missing is named as long as it is missing.
		empty, err := plugins.InitPlugin(name, nil, initializers(nil))
		expect(name+" without its parts does not start", err != nil && empty == nil)
		complete := initializers{sccadmission.NewInitializer(informer), parts{factory}}
		_, err = plugins.InitPlugin(name, nil, complete)
		expect(name+" starts", err == nil)
	}
	made := sccadmission.NewConstraint()
	for _, step := range []func(){
		func() { made.SetSecurityInformers(informer) },
		func() { made.SetExternalKubeInformerFactory(factory) },
		func() { made.SetAuthorizer(grants{}) },
	} {
		expect("a part is missing", made.ValidateInitialization() != nil)
		step()
	}
	expect("nothing is missing", made.ValidateInitialization() == nil)
}

// initializers hands a plugin its parts, one kind after the other.
type initializers []admission.PluginInitializer

func (all initializers) Initialize(made admission.Interface) {
	for _, one := range all {
		one.Initialize(made)
	}
}

type parts struct{ factory namespaceFactory }

func (p parts) Initialize(made admission.Interface) {
	if wants, found := made.(plugin); found {
		wants.SetExternalKubeInformerFactory(p.factory)
		wants.SetAuthorizer(grants{})
	}
}

func checkOddRequests(expect func(string, bool)) {
	made := sccadmission.NewConstraint()
	pod, service := &coreapi.Pod{}, &coreapi.Service{}
	ask := func(object, old any, resource string, operation admission.Operation) error {
		attributes := admission.NewAttributesRecord(asObject(object), asObject(old), coreapi.Kind("Pod").WithVersion("v1"), "ns",
			"p", coreapi.Resource(resource).WithVersion("v1"), "", operation, nil, false, &user.DefaultInfo{})
		return made.Admit(giveUp, attributes, nil)
	}
	expect("other resources are let through", ask(service, nil, "services", admission.Create) == nil)
	expect("what is no pod is refused", ask(service, nil, "pods", admission.Create) != nil)
	expect("an old object that is no pod is refused", ask(pod, service, "pods", admission.Update) != nil)
	attributes := admission.NewAttributesRecord(service, nil, coreapi.Kind("Pod").WithVersion("v1"), "ns", "p",
		coreapi.Resource("pods").WithVersion("v1"), "", admission.Create, nil, false, &user.DefaultInfo{})
	expect("validation refuses it too", made.Validate(giveUp, attributes, nil) != nil)
	made.SetSecurityInformers(lateInformer{sccInformer{store: newStore()}})
	made.SetExternalKubeInformerFactory(namespaceFactory{store: newStore()})
	err := ask(pod, nil, "pods", admission.Create)
	expect("a cache that is not filled yet refuses", err != nil)
	exec := sccadmission.NewSCCExecRestrictions()
	for _, resource := range []string{"services", "pods"} {
		for _, operation := range []admission.Operation{admission.Create, admission.Connect} {
			other := admission.NewAttributesRecord(pod, nil, coreapi.Kind("Pod").WithVersion("v1"), "ns", "p",
				coreapi.Resource(resource).WithVersion("v1"), "portforward", operation, nil, false, &user.DefaultInfo{})
			expect("neither exec nor attach", exec.Validate(giveUp, other, nil) == nil)
		}
	}
}

// lateInformer has not seen everything yet.
type lateInformer struct{ sccInformer }

func (lateInformer) Informer() cache.SharedIndexInformer { return unsynced{} }

func checkConstructors(expect func(string, bool)) {
	_, err := sccmatching.NewSimpleProvider(nil)
	expect("a provider wants an SCC", err != nil)
	_, err = sccuser.NewMustRunAs(nil)
	expect("MustRunAs wants options", err != nil)
	_, err = sccuser.NewMustRunAsRange(nil)
	expect("MustRunAsRange wants options", err != nil)
	_, err = selinux.NewMustRunAs(nil)
	expect("SELinux MustRunAs wants options", err != nil)
	_, err = selinux.NewMustRunAs(&securityv1.SELinuxContextStrategyOptions{})
	expect("SELinux MustRunAs wants a label", err != nil)
	_, err = group.NewMustRunAs(nil, "")
	expect("MustRunAs wants ranges", err != nil)
	nothing, err := selinux.ToInternalSELinuxOptions(nil)
	expect("no options stay none", nothing == nil && err == nil)
	expect("options are kept", selinux.ToInternalSELinuxOptionsOrDie(&corev1.SELinuxOptions{Level: "s0"}).Level == "s0")
	expect("no SCC allows no volume", !sccutil.SCCAllowsFSType(nil, securityv1.FSTypeNFS) &&
		!sccutil.SCCAllowsFSTypeInternal(nil, securityv1.FSTypeNFS))
	scc := &securityv1.SecurityContextConstraints{}
	someone := &user.DefaultInfo{Name: "jane"}
	expect("without an authorizer only the lists count",
		!sccmatching.ConstraintAppliesTo(context.Background(), scc.Name, nil, nil, someone, "ns", nil))
	expect("an authorizer that fails grants nothing",
		!sccmatching.ConstraintAppliesTo(context.Background(), scc.Name, nil, nil, someone, "ns", failing{}))
}

func checkStrategies(expect func(string, bool)) {
	id, path := int64(1), field.NewPath("p")
	must, err := sccuser.NewMustRunAs(&securityv1.RunAsUserStrategyOptions{UID: &id})
	expect("MustRunAs is made", err == nil)
	expect("a user is required", len(must.Validate(path, nil, nil, nil, nil)) == 1)
	between, err := sccuser.NewMustRunAsRange(&securityv1.RunAsUserStrategyOptions{UIDRangeMin: &id, UIDRangeMax: &id})
	expect("MustRunAsRange is made", err == nil)
	expect("a user of the range is required", len(between.Validate(path, nil, nil, nil, nil)) == 1)
	nonRoot, err := sccuser.NewRunAsNonRoot(nil)
	expect("MustRunAsNonRoot is made", err == nil)
	expect("runAsNonRoot is required", len(nonRoot.Validate(path, nil, nil, nil, nil)) == 1)
	label, err := selinux.NewMustRunAs(&securityv1.SELinuxContextStrategyOptions{SELinuxOptions: &corev1.SELinuxOptions{}})
	expect("SELinux MustRunAs is made", err == nil)
	expect("a label is required", len(label.Validate(path, nil, nil, nil)) == 1)
	caps, err := capabilities.NewDefaultCapabilities(nil, []corev1.Capability{"KILL"}, nil)
	expect("capabilities are made", err == nil)
	expect("required drops", len(caps.Validate(path, nil, nil, nil)) == 1)
	expect("each required drop", len(caps.Validate(path, nil, nil, &coreapi.Capabilities{})) == 1)
}

func asObject(object any) runtime.Object {
	if object == nil {
		return nil
	}
	return object.(runtime.Object)
}
