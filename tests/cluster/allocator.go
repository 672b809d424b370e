// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	securityv1 "github.com/openshift/api/security/v1"
	"github.com/openshift/library-go/pkg/security/uid"
	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

const (
	uidBlocks          = "1000000000-1999999999/10000" // OpenShift's default
	mcsLabelsPerBlock  = 5                             // OpenShift's default: 1000640000 goes with s0:c25,c20
	podSecurityEnforce = "pod-security.kubernetes.io/enforce"
)

// newAllocatorCommand prepares each new namespace as the distribution does: on OpenShift by the annotations that
// SCC admission reads, on plain Kubernetes by the Pod Security level restricted.
func newAllocatorCommand() *cobra.Command {
	var kubeconfig, profile string
	cmd := &cobra.Command{
		Use:          "namespace-allocator",
		SilenceUsage: true,
		Args:         cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			prepare, err := namespacePreparer(profile)
			if err != nil {
				return err
			}
			return watchNamespaces(genericapiserver.SetupSignalContext(), clientsetFor(kubeconfig), prepare)
		},
	}
	cmd.Flags().StringVar(&kubeconfig, "kubeconfig", "", "kubeconfig of a user that may patch namespaces")
	cmd.Flags().StringVar(&profile, "profile", "openshift", "openshift or kubernetes")
	return cmd
}

func clientsetFor(kubeconfig string) *kubernetes.Clientset {
	return kubernetes.NewForConfigOrDie(clientConfig(kubeconfig))
}

// preparer returns the annotations and labels that a namespace still lacks.
type preparer interface {
	observe(namespace *corev1.Namespace)
	missing(namespace *corev1.Namespace) (annotations, labels map[string]string)
}

func namespacePreparer(profile string) (preparer, error) {
	switch profile {
	case "openshift":
		return newBlockAllocator()
	case "kubernetes":
		return restrictedLabeller{}, nil
	}
	return nil, fmt.Errorf("the profile %q is neither openshift nor kubernetes", profile)
}

// watchNamespaces first takes note of what existing namespaces hold, then prepares every namespace that lacks something.
func watchNamespaces(ctx context.Context, client kubernetes.Interface, prepare preparer) error {
	var existing *corev1.NamespaceList
	// On a new cluster the right to list comes a moment after the API server is ready.
	err := wait.PollUntilContextCancel(ctx, time.Second/2, true, func(ctx context.Context) (done bool, err error) {
		existing, err = client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
		if err != nil {
			klog.ErrorS(err, "Cannot list namespaces yet")
		}
		return err == nil, nil
	})
	if err != nil {
		return err
	}
	for i := range existing.Items {
		prepare.observe(&existing.Items[i])
	}
	factory := informers.NewSharedInformerFactory(client, 10*time.Second) // the resync retries failed patches
	handle := func(object any) {
		namespace := object.(*corev1.Namespace)
		prepare.observe(namespace)
		annotations, labels := prepare.missing(namespace)
		if len(annotations)+len(labels) == 0 || namespace.DeletionTimestamp != nil {
			return
		}
		if err := patchNamespace(ctx, client, namespace, annotations, labels); err != nil {
			klog.ErrorS(err, "Cannot prepare the namespace", "namespace", namespace.Name)
		}
	}
	if _, err := factory.Core().V1().Namespaces().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    handle,
		UpdateFunc: func(_, object any) { handle(object) },
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	return nil
}

func patchNamespace(ctx context.Context, client kubernetes.Interface, namespace *corev1.Namespace, annotations, labels map[string]string) error {
	// The resource version makes a patch from a stale cache fail instead of changing a block that is already given.
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"annotations": annotations, "labels": labels, "resourceVersion": namespace.ResourceVersion,
	}})
	if err != nil {
		return err
	}
	_, err = client.CoreV1().Namespaces().Patch(ctx, namespace.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// restrictedLabeller labels the namespaces of users; whoever sets the label himself keeps his choice.
type restrictedLabeller struct{}

func (restrictedLabeller) observe(*corev1.Namespace) {}

func (restrictedLabeller) missing(namespace *corev1.Namespace) (annotations, labels map[string]string) {
	_, labelled := namespace.Labels[podSecurityEnforce]
	if labelled || namespace.Name == "default" || strings.HasPrefix(namespace.Name, "kube-") {
		return nil, nil
	}
	return nil, map[string]string{podSecurityEnforce: "restricted"}
}

// blockAllocator gives each namespace the lowest UID block that none has held since the start.
type blockAllocator struct {
	blocks *uid.Range
	used   map[uint32]bool
	given  map[types.UID]uint32 // what a namespace was given, until its annotations are seen
}

func newBlockAllocator() (*blockAllocator, error) {
	blocks, err := uid.ParseRange(uidBlocks)
	if err != nil {
		return nil, err
	}
	return &blockAllocator{blocks: blocks, used: map[uint32]bool{}, given: map[types.UID]uint32{}}, nil
}

func (a *blockAllocator) observe(namespace *corev1.Namespace) {
	if offset, ok := a.offsetOf(namespace); ok {
		a.used[offset] = true
	}
}

// offsetOf is the number of the block in the namespace's annotation, where that is one of ours.
func (a *blockAllocator) offsetOf(namespace *corev1.Namespace) (uint32, bool) {
	block, err := uid.ParseBlock(namespace.Annotations[securityv1.UIDRangeAnnotation])
	if err != nil {
		return 0, false
	}
	ok, offset := a.blocks.Offset(block)
	return offset, ok
}

// missing fills gaps only: an annotation that somebody set, even a malformed one, is left alone.
func (a *blockAllocator) missing(namespace *corev1.Namespace) (annotations, labels map[string]string) {
	wanted := []string{securityv1.UIDRangeAnnotation, securityv1.SupplementalGroupsAnnotation, securityv1.MCSAnnotation}
	gaps := map[string]string{}
	for _, key := range wanted {
		if _, found := namespace.Annotations[key]; !found {
			gaps[key] = ""
		}
	}
	if len(gaps) == 0 {
		delete(a.given, namespace.UID)
		return nil, nil
	}
	offset, ok := a.offsetOf(namespace)
	if !ok {
		offset = a.allocate(namespace.UID)
	}
	block, _ := a.blocks.BlockAt(offset)
	values := map[string]string{
		securityv1.UIDRangeAnnotation:           block.String(),
		securityv1.SupplementalGroupsAnnotation: block.String(),
		securityv1.MCSAnnotation:                mcsLabel(offset * mcsLabelsPerBlock),
	}
	maps.DeleteFunc(values, func(key, _ string) bool { _, gap := gaps[key]; return !gap })
	return values, nil
}

func (a *blockAllocator) allocate(namespace types.UID) uint32 {
	if offset, ok := a.given[namespace]; ok {
		return offset
	}
	offset := uint32(0)
	for a.used[offset] {
		offset++
	}
	a.used[offset] = true
	a.given[namespace] = offset
	return offset
}

// mcsLabel is the pair of categories with the given number: c1,c0 c2,c0 c2,c1 c3,c0 and so on.
func mcsLabel(number uint32) string {
	high := uint32(1)
	for high*(high+1)/2 <= number {
		high++
	}
	return fmt.Sprintf("s0:c%d,c%d", high, number-high*(high-1)/2)
}
