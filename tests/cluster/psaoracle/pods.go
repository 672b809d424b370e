// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	registry "k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/plugin/pkg/admission/serviceaccount"
)

// decodePod reads a pod as the API server does: unknown fields do not matter, upper and lower case do.
func decodePod(data json.RawMessage) (*corev1.Pod, error) {
	pod := &corev1.Pod{}
	return pod, kjson.Unmarshal(data, pod)
}

// toInternal fills in the defaults, if asked to, and converts the pod to the form in which the API server keeps it.
func toInternal(pod *corev1.Pod, defaults bool) (*core.Pod, error) {
	if defaults {
		legacyscheme.Scheme.Default(pod)
	}
	internal := &core.Pod{}
	return internal, legacyscheme.Scheme.Convert(pod, internal, nil)
}

func toVersioned(internal *core.Pod) (*corev1.Pod, error) {
	pod := &corev1.Pod{}
	return pod, legacyscheme.Scheme.Convert(internal, pod, nil)
}

// asCreated gives the pod as validating admission plugins find it.
func asCreated(pod *corev1.Pod, defaults bool) (*corev1.Pod, error) {
	internal, err := toInternal(pod, defaults)
	if err != nil {
		return nil, err
	}
	registry.Strategy.PrepareForCreate(context.Background(), internal)
	return toVersioned(internal)
}

// prepare gives the pod as SCC admission finds it: with defaults, and with the token of its service account.
func prepare(line []byte) (any, error) {
	var question struct {
		Pod       json.RawMessage
		Namespace string
		Automount *bool // of the service account
	}
	if err := json.Unmarshal(line, &question); err != nil {
		return nil, err
	}
	pod, err := decodePod(question.Pod)
	if err != nil {
		return nil, err
	}
	internal, err := toInternal(pod, true)
	if err != nil {
		return nil, err
	}
	internal.Namespace = question.Namespace
	if err := mountToken(internal, question.Automount); err != nil {
		return nil, fmt.Errorf("service account admission: %w", err)
	}
	return toVersioned(internal)
}

// mountToken runs the ServiceAccount admission plugin in a namespace whose service accounts all exist.
func mountToken(pod *core.Pod, automount *bool) error {
	account := &corev1.ServiceAccount{
		ObjectMeta:                   metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Spec.ServiceAccountName},
		AutomountServiceAccountToken: automount,
	}
	if account.Name == "" {
		account.Name = "default"
	}
	client := fake.NewClientset()
	factory := informers.NewSharedInformerFactory(client, 0)
	if err := factory.Core().V1().ServiceAccounts().Informer().GetIndexer().Add(account); err != nil {
		return err
	}
	plugin := serviceaccount.NewServiceAccount()
	plugin.SetExternalKubeClientSet(client)
	plugin.SetExternalKubeInformerFactory(factory)
	attributes := admission.NewAttributesRecord(
		pod, nil, core.Kind("Pod").WithVersion("v1"), pod.Namespace, pod.Name,
		core.Resource("pods").WithVersion("v1"), "", admission.Create, &metav1.CreateOptions{}, false, &user.DefaultInfo{},
	)
	return plugin.Admit(context.Background(), attributes, nil)
}
