// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"fmt"

	securityv1 "github.com/openshift/api/security/v1"
	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/sccadmission"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/initializer"
	"k8s.io/apiserver/pkg/authentication/user"
	coreapi "k8s.io/kubernetes/pkg/apis/core"
)

const (
	subjectTypeAnnotation = "security.openshift.io/validated-scc-subject-type"
	chosenAudit           = "securitycontextconstraints.admission.openshift.io/chosen"
)

// plugin is what the admission plugins of OpenShift are here.
type plugin interface {
	admission.Interface
	admission.InitializationValidator
	initializer.WantsAuthorizer
	initializer.WantsExternalKubeInformerFactory
	sccadmission.WantsSecurityInformer
}

// giveUp is a context that is done: every wait of the plugin tries once and then gives up with its own message.
var giveUp = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// request is an admission request that remembers what the plugin tells the audit log.
type request struct {
	admission.Attributes
	audit map[string]string
}

func (r *request) AddAnnotation(key, value string) error {
	r.audit[key] = value
	return nil
}

// equip gives a new plugin just the SCCs, the namespace and the rights that a case names.
func equip[P plugin](made P, sccs sccSet, one *testCase) (P, error) {
	present, err := sccInformerOf(sccs, one.SCCs)
	if err != nil {
		return made, err
	}
	known, err := namespaceFactoryOf(one)
	if err != nil {
		return made, err
	}
	made.SetSecurityInformers(present)
	made.SetExternalKubeInformerFactory(known)
	made.SetAuthorizer(one.Usable)
	return made, made.ValidateInitialization()
}

func newRequest(one *testCase, pod, old *coreapi.Pod, operation admission.Operation) *request {
	requester := &user.DefaultInfo{Name: one.User.Name, Groups: one.User.Groups}
	namespace := one.Namespace.Name
	if namespace == "" {
		namespace = pod.Namespace
	}
	kind, resource := coreapi.Kind("Pod").WithVersion("v1"), coreapi.Resource("pods").WithVersion("v1")
	var oldObject runtime.Object // a nil *Pod in it would not be nil
	if old != nil {
		oldObject = old
	}
	attributes := admission.NewAttributesRecord(
		pod, oldObject, kind, namespace, pod.Name, resource, one.Subresource, operation, nil, false, requester)
	return &request{attributes, map[string]string{}}
}

// answerCase asks the real plugin about one case.
func answerCase(sccs sccSet, one *testCase) (*answer, error) {
	made, err := equip(sccadmission.NewConstraint(), sccs, one)
	if err != nil {
		return nil, err
	}
	pod, old, operation, err := objectsOf(one)
	if err != nil {
		return nil, err
	}
	asked := newRequest(one, pod, old, operation)
	result := &answer{ID: one.ID}
	if one.Phase == "validate" {
		err = made.Validate(giveUp, asked, nil)
	} else {
		err = made.Admit(giveUp, asked, nil)
	}
	if err != nil {
		result.Message = err.Error()
		return result, nil
	}
	result.Allowed = true
	switch {
	case len(asked.audit) == 0:
		// Every request that was decided leaves a note for the audit log: this one was skipped.
	case one.Phase == "validate":
		// Validate tells nobody for whom the SCC was usable.
		result.SCC = asked.audit[chosenAudit]
	default:
		result.SCC = pod.Annotations[securityv1.ValidatedSCCAnnotation]
		result.SubjectType = pod.Annotations[subjectTypeAnnotation]
	}
	result.Pod, err = encodedPod(pod)
	return result, err
}

// objectsOf decodes the pods of a case; an update without an old pod is an error of the case.
func objectsOf(one *testCase) (pod, old *coreapi.Pod, operation admission.Operation, err error) {
	operation = admission.Create
	if one.Operation != "" {
		operation = admission.Operation(one.Operation)
	}
	if pod, err = decodedPod(one.Pod); err != nil {
		return nil, nil, "", err
	}
	if old, err = decodedPod(one.OldPod); err != nil {
		return nil, nil, "", err
	}
	if pod == nil || (operation == admission.Update) != (old != nil) {
		return nil, nil, "", fmt.Errorf("case %s: it needs a pod, and an oldPod just where the operation is UPDATE", one.ID)
	}
	return pod, old, operation, nil
}
