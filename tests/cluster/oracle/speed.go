// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"io"
	"runtime"
	"syscall"

	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/sccadmission"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/admission"
	coreapi "k8s.io/kubernetes/pkg/apis/core"
)

// question is a case that is read, decoded and equipped with a plugin, so that only the decision is left to be timed.
type question struct {
	one       *testCase
	admit     func(*request) error
	pod, old  *coreapi.Pod
	operation admission.Operation
}

type figures struct {
	Pods       int     `json:"pods"`
	CPUSeconds float64 `json:"cpuSeconds"`
}

// measure times Admit alone. The plugin writes into the pod, so each run gets fresh copies: they and the requests are
// made before a run, outside of what is timed, and what they leave to the garbage collector is collected there too.
func measure(sccs sccSet, runs int, in io.Reader, out io.Writer) error {
	var questions []question
	err := eachLine(in, func(line []byte) error {
		one := &testCase{}
		if err := json.Unmarshal(line, one); err != nil {
			return err
		}
		asked, err := prepare(sccs, one)
		questions = append(questions, asked)
		return err
	})
	if err != nil {
		return err
	}
	total := figures{}
	requests := make([]*request, len(questions))
	for range runs {
		for i, asked := range questions {
			requests[i] = newRequest(asked.one, asked.pod.DeepCopy(), asked.old, asked.operation)
		}
		runtime.GC()
		begun := cpuSeconds()
		for i, asked := range questions {
			_ = asked.admit(requests[i]) // a refusal is a result like any other
		}
		total.CPUSeconds += cpuSeconds() - begun
		total.Pods += len(questions)
	}
	return writeLine(out, total)
}

func prepare(sccs sccSet, one *testCase) (question, error) {
	made, err := equip(sccadmission.NewConstraint(), sccs, one)
	if err != nil {
		return question{}, err
	}
	decide := made.Admit
	if one.Phase == "validate" {
		decide = made.Validate
	}
	pod, old, operation, err := objectsOf(one)
	admit := func(asked *request) error { return decide(giveUp, asked, nil) }
	return question{one, admit, pod, old, operation}, err
}

// cpuSeconds is the user and system time of this process, its garbage collector included.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // cannot fail for the process itself
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}
