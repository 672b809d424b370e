// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"testing"

	securityv1 "github.com/openshift/api/security/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func TestMCSLabelFollowsOpenShift(t *testing.T) {
	for number, want := range map[uint32]string{0: "s0:c1,c0", 1: "s0:c2,c0", 2: "s0:c2,c1", 5: "s0:c3,c2", 320: "s0:c25,c20"} {
		if got := mcsLabel(number); got != want {
			t.Errorf("mcsLabel(%d) = %s, want %s", number, got, want)
		}
	}
}

func namespace(name string, annotations map[string]string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name), Annotations: annotations}}
}

func TestAllocatorGivesEachNamespaceItsOwnBlock(t *testing.T) {
	allocator, err := newBlockAllocator()
	if err != nil {
		t.Fatal(err)
	}
	allocator.observe(namespace("old", map[string]string{securityv1.UIDRangeAnnotation: "1000010000/10000"}))
	for _, step := range []struct{ name, block string }{
		{"a", "1000000000/10000"}, {"a", "1000000000/10000"}, {"b", "1000020000/10000"},
	} {
		values, _ := allocator.missing(namespace(step.name, nil))
		if values[securityv1.UIDRangeAnnotation] != step.block || len(values) != 3 {
			t.Errorf("namespace %s got %v, want the block %s", step.name, values, step.block)
		}
	}
}

func TestAllocatorLeavesWhatIsSetAlone(t *testing.T) {
	allocator, err := newBlockAllocator()
	if err != nil {
		t.Fatal(err)
	}
	values, _ := allocator.missing(namespace("a", map[string]string{
		securityv1.UIDRangeAnnotation: "nonsense", securityv1.MCSAnnotation: "",
	}))
	if _, changed := values[securityv1.UIDRangeAnnotation]; changed || len(values) != 1 {
		t.Errorf("got %v, want the supplemental groups alone", values)
	}
}

func TestLabellerSparesSystemNamespacesAndExplicitChoices(t *testing.T) {
	labeller := restrictedLabeller{}
	chosen := namespace("chosen", nil)
	chosen.Labels = map[string]string{podSecurityEnforce: "baseline"}
	for _, spared := range []*corev1.Namespace{namespace("default", nil), namespace("kube-system", nil), chosen} {
		if _, labels := labeller.missing(spared); len(labels) != 0 {
			t.Errorf("namespace %s got %v", spared.Name, labels)
		}
	}
	if _, labels := labeller.missing(namespace("user", nil)); labels[podSecurityEnforce] != "restricted" {
		t.Errorf("namespace user got %v", labels)
	}
}
