// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"encoding/json"
	"fmt"

	securityv1 "github.com/openshift/api/security/v1"
	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/sccdefaults"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
)

const sccDefaultingPluginName = "security.openshift.io/DefaultSecurityContextConstraints"

var sccResource = schema.GroupResource{Group: "security.openshift.io", Resource: "securitycontextconstraints"}

// sccDefaulting fills SCC objects as OpenShift does on storing, and refuses what is not an SCC at all.
type sccDefaulting struct{ *admission.Handler }

var (
	_ admission.MutationInterface   = &sccDefaulting{}
	_ admission.ValidationInterface = &sccDefaulting{}
)

func newSCCDefaulting() *sccDefaulting {
	return &sccDefaulting{admission.NewHandler(admission.Create, admission.Update)}
}

// Admit replaces the object's fields by the defaulted ones.
func (p *sccDefaulting) Admit(_ context.Context, a admission.Attributes, _ admission.ObjectInterfaces) error {
	object := sccObject(a)
	if object == nil {
		return nil
	}
	fields, err := defaultedSCC(object.Object)
	if err != nil {
		return admission.NewForbidden(a, err)
	}
	object.Object = fields
	return nil
}

// Validate refuses the two contradictions that OpenShift refuses too.
func (p *sccDefaulting) Validate(_ context.Context, a admission.Attributes, _ admission.ObjectInterfaces) error {
	object := sccObject(a)
	if object == nil {
		return nil
	}
	scc, err := typedSCC(object.Object)
	if err != nil {
		return admission.NewForbidden(a, err)
	}
	if err := validateSCC(scc); err != nil {
		return admission.NewForbidden(a, err)
	}
	return nil
}

// sccObject is the request's SCC, or nil where the request is about something else.
func sccObject(a admission.Attributes) *unstructured.Unstructured {
	if a.GetResource().GroupResource() != sccResource || a.GetSubresource() != "" {
		return nil
	}
	object, _ := a.GetObject().(*unstructured.Unstructured)
	return object
}

func typedSCC(fields map[string]any) (*securityv1.SecurityContextConstraints, error) {
	data, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	scc := &securityv1.SecurityContextConstraints{}
	return scc, json.Unmarshal(data, scc)
}

// defaultedSCC applies OpenShift's defaults; metadata stays as it came, unknown fields have been pruned before.
func defaultedSCC(fields map[string]any) (map[string]any, error) {
	scc, err := typedSCC(fields)
	if err != nil {
		return nil, err
	}
	sccdefaults.SetDefaults_SCC(scc)
	data, err := json.Marshal(scc)
	if err != nil {
		return nil, err
	}
	// Through the unstructured decoder, which keeps integers integers.
	result := &unstructured.Unstructured{}
	if err := result.UnmarshalJSON(data); err != nil {
		return nil, err
	}
	result.Object["metadata"] = fields["metadata"]
	return result.Object, nil
}

func validateSCC(scc *securityv1.SecurityContextConstraints) error {
	if scc.RunAsUser.Type == "" || scc.SELinuxContext.Type == "" {
		return fmt.Errorf("runAsUser.type and seLinuxContext.type are required")
	}
	if scc.RunAsUser.Type == securityv1.RunAsUserStrategyMustRunAs && scc.RunAsUser.UID == nil {
		return fmt.Errorf("runAsUser.uid is required with type MustRunAs")
	}
	for _, dropped := range scc.RequiredDropCapabilities {
		for _, added := range scc.DefaultAddCapabilities {
			if dropped == added {
				return fmt.Errorf("capability %s is in both defaultAddCapabilities and requiredDropCapabilities", added)
			}
		}
	}
	return nil
}
