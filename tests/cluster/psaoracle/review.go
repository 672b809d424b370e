// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"encoding/json"
	"fmt"

	admissionv1 "k8s.io/api/admission/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podsecurity "k8s.io/pod-security-admission/admission"
	configuration "k8s.io/pod-security-admission/admission/api"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/metrics"
	"k8s.io/pod-security-admission/policy"
)

// reviewQuestion holds a request, and the cluster that it goes to.
type reviewQuestion struct {
	Pod      json.RawMessage
	Labels   map[string]string
	Default  configuration.PodSecurityDefaults // of the cluster
	Minor    int                               // of the cluster's version, 0 for that of the library
	Template bool                              // the pod is the template of a Deployment
	Defaults bool                              // Kubernetes' defaults are to be filled in first
}

type reviewAnswer struct {
	Allowed bool   `json:"allowed"`
	Message string `json:"message"`
	Warning string `json:"warning"`
	Audit   string `json:"audit"`
	Policy  string `json:"policy"`
	Labels  string `json:"labels"` // what is wrong with them
}

// namespaces is the only namespace of the cluster.
type namespaces map[string]string

func (labels namespaces) GetNamespace(context.Context, string) (*corev1.Namespace, error) {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "n", Labels: labels}}, nil
}

func (labels namespaces) ListPods(context.Context, string) ([]*corev1.Pod, error) {
	return nil, nil
}

// recorder keeps no metrics.
type recorder struct{}

func (recorder) RecordEvaluation(metrics.Decision, api.LevelVersion, metrics.Mode, api.Attributes) {}
func (recorder) RecordExemption(api.Attributes)                                                    {}
func (recorder) RecordError(bool, api.Attributes)                                                  {}

var evaluators = map[int]policy.Evaluator{}

// evaluator makes the checks as a cluster of Kubernetes 1.minor applies them.
func evaluator(minor int) (policy.Evaluator, error) {
	if known, made := evaluators[minor]; made {
		return known, nil
	}
	var emulated *api.Version
	if minor > 0 {
		version := api.MajorMinorVersion(1, minor)
		emulated = &version
	}
	made, err := policy.NewEvaluator(policy.DefaultChecks(), emulated)
	if err == nil {
		evaluators[minor] = made
	}
	return made, err
}

func review(line []byte) (any, error) {
	var question reviewQuestion
	if err := json.Unmarshal(line, &question); err != nil {
		return nil, err
	}
	pod, err := decodePod(question.Pod)
	if err != nil {
		return nil, err
	}
	checks, err := evaluator(question.Minor)
	if err != nil {
		return nil, err
	}
	labels := namespaces(question.Labels)
	plugin := &podsecurity.Admission{
		Configuration:   &configuration.PodSecurityConfiguration{Defaults: question.Default},
		Evaluator:       checks,
		Metrics:         recorder{},
		NamespaceGetter: labels,
		PodLister:       labels,
	}
	if err := plugin.CompleteConfiguration(); err != nil {
		return nil, err
	}
	if err := plugin.ValidateConfiguration(); err != nil {
		return nil, err
	}
	request, err := requestOf(pod, question)
	if err != nil {
		return nil, err
	}
	applied, errs := plugin.PolicyToEvaluate(question.Labels)
	response := plugin.Validate(context.Background(), request)
	result := reviewAnswer{
		Allowed: response.Allowed,
		Audit:   response.AuditAnnotations[api.AuditViolationsAnnotationKey],
		Policy:  fmt.Sprintf("%s %s %s", applied.Enforce.String(), applied.Audit.String(), applied.Warn.String()),
	}
	if response.Result != nil {
		result.Message = response.Result.Message
	}
	if len(response.Warnings) > 0 {
		result.Warning = response.Warnings[0]
	}
	for _, wrong := range errs {
		result.Labels += wrong.Error() + "\n"
	}
	return result, nil
}

// requestOf makes the request that creates the pod, or a Deployment with it as its template.
func requestOf(pod *corev1.Pod, question reviewQuestion) (api.Attributes, error) {
	request := &api.AttributesRecord{Namespace: "n", Operation: admissionv1.Create}
	if question.Template {
		request.Name = "d"
		request.Resource = appsv1.SchemeGroupVersion.WithResource("deployments")
		request.Kind = appsv1.SchemeGroupVersion.WithKind("Deployment")
		template := corev1.PodTemplateSpec{ObjectMeta: pod.ObjectMeta, Spec: pod.Spec}
		request.Object = &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: template}}
		return request, nil
	}
	created, err := asCreated(pod, question.Defaults)
	if err != nil {
		return nil, err
	}
	request.Name = pod.Name
	if request.Name == "" {
		request.Name = pod.GenerateName
	}
	request.Resource = corev1.SchemeGroupVersion.WithResource("pods")
	request.Kind = corev1.SchemeGroupVersion.WithKind("Pod")
	request.Object = created
	return request, nil
}
