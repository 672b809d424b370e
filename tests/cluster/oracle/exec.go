// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"fmt"
	"io"

	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/sccadmission"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/client-go/kubernetes"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
)

// podClient is a client that knows one pod, or none, or fails.
type podClient struct {
	kubernetes.Interface
	typedcorev1.CoreV1Interface
	typedcorev1.PodInterface
	pod *corev1.Pod
	err error
}

func (c podClient) CoreV1() typedcorev1.CoreV1Interface { return c }

func (c podClient) Pods(string) typedcorev1.PodInterface { return c }

func (c podClient) Get(context.Context, string, metav1.GetOptions) (*corev1.Pod, error) {
	return c.pod, c.err
}

type execFigures struct {
	Compared int `json:"compared"`
	Allowed  int `json:"allowed"`
	Differed int `json:"differed"`
}

// compareExec checks for every pod that the exec plugin decides as Admit does about the same pod created by the caller.
func compareExec(sccs sccSet, in io.Reader, out io.Writer) error {
	counted := execFigures{}
	err := eachLine(in, func(line []byte) error {
		one := &testCase{}
		if err := json.Unmarshal(line, one); err != nil {
			return err
		}
		one.Operation, one.OldPod, one.Subresource, one.Phase = "", nil, "", ""
		wanted, err := answerCase(sccs, one)
		if err != nil {
			return err
		}
		refusal, err := execRefusal(sccs, one, podClient{pod: one.Pod})
		if err != nil {
			return err
		}
		counted.Compared++
		if refusal == nil {
			counted.Allowed++
		}
		if (refusal == nil) != wanted.Allowed || refusal != nil && refusal.Error() != execMessage(one, wanted.Message) {
			counted.Differed++
		}
		for _, other := range otherClients() {
			if _, err := execRefusal(sccs, one, other); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return writeLine(out, counted)
}

// otherClients have no pod to give.
func otherClients() []podClient {
	missing := apierrors.NewNotFound(corev1.Resource("pods"), "any")
	return []podClient{{err: missing}, {err: fmt.Errorf("no connection")}}
}

func execRefusal(sccs sccSet, one *testCase, client podClient) (refusal, err error) {
	made, err := equip(sccadmission.NewSCCExecRestrictions(), sccs, one)
	if err != nil {
		return nil, err
	}
	made.SetExternalKubeClientSet(client)
	pod, err := decodedPod(one.Pod)
	if err != nil {
		return nil, err
	}
	one.Subresource = "exec"
	asked := newRequest(one, pod, nil, admission.Connect)
	return made.Validate(giveUp, asked, nil), nil
}

// execMessage wraps the message of Admit as the exec plugin does.
func execMessage(one *testCase, message string) string {
	name := one.Pod.Name
	if name == "" {
		name = one.Pod.GenerateName
	}
	if name == "" {
		name = "Unknown"
	}
	return fmt.Sprintf("pods %q is forbidden: exec operation is not allowed because the pod's security context exceeds "+
		"your permissions: %s", name, message)
}
