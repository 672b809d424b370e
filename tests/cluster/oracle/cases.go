// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	securityv1 "github.com/openshift/api/security/v1"
	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/sccdefaults"
	corev1 "k8s.io/api/core/v1"
	kjson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	coreapi "k8s.io/kubernetes/pkg/apis/core"
	corev1conversions "k8s.io/kubernetes/pkg/apis/core/v1"
)

// sccSet holds SCCs by id; an id is the name of an SCC or of one variant of it.
type sccSet map[string]*securityv1.SecurityContextConstraints

// testCase is one line of CASES.jsonl.
type testCase struct {
	ID          string           `json:"id"`
	Pod         *corev1.Pod      `json:"pod"`
	OldPod      *corev1.Pod      `json:"oldPod"`
	Namespace   corev1.Namespace `json:"namespace"`
	NoNamespace bool             `json:"noNamespace"`
	SCCs        []string         `json:"sccs"`
	User        struct {
		Name   string   `json:"name"`
		Groups []string `json:"groups"`
	} `json:"user"`
	Usable      grants `json:"usable"`
	Operation   string `json:"operation"`
	Subresource string `json:"subresource"`
	Phase       string `json:"phase"`
}

// answer is one line of RESULTS.jsonl.
type answer struct {
	ID          string          `json:"id"`
	Allowed     bool            `json:"allowed"`
	SCC         string          `json:"scc,omitempty"`
	SubjectType string          `json:"subjectType,omitempty"`
	Pod         json.RawMessage `json:"pod,omitempty"`
	Message     string          `json:"message,omitempty"`
	// Error tells why the case is none; the batch goes on.
	Error string `json:"error,omitempty"`
}

func readSCCs(name string) (sccSet, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	sccs := sccSet{}
	return sccs, kjson.Unmarshal(data, &sccs)
}

// decodedPod is the pod as the API server's admission chain sees it, but for defaults: the case has them where it wants.
func decodedPod(pod *corev1.Pod) (*coreapi.Pod, error) {
	if pod == nil {
		return nil, nil
	}
	result := &coreapi.Pod{}
	return result, corev1conversions.Convert_v1_Pod_To_core_Pod(pod, result, nil)
}

func encodedPod(pod *coreapi.Pod) (json.RawMessage, error) {
	result := &corev1.Pod{}
	if err := corev1conversions.Convert_core_Pod_To_v1_Pod(pod, result, nil); err != nil {
		return nil, err
	}
	return json.Marshal(result)
}

// canonical writes a pod as Kubernetes does: read, converted to the internal type and back.
func canonical(data json.RawMessage) (json.RawMessage, error) {
	external := &corev1.Pod{}
	if err := kjson.Unmarshal(data, external); err != nil {
		return nil, err
	}
	internal, err := decodedPod(external)
	if err != nil {
		return nil, err
	}
	return encodedPod(internal)
}

// eachLine calls do with every line that is not empty.
func eachLine(in io.Reader, do func([]byte) error) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	for number := 1; ; number++ {
		line, err := reader.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := do(line); err != nil {
				return fmt.Errorf("line %d: %w", number, err)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func writeLine(out io.Writer, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = out.Write(append(data, '\n'))
	return err
}

// answerLines answers all cases of in, in order, and returns how many there were.
func answerLines(sccs sccSet, in io.Reader, out io.Writer) (int, error) {
	count := 0
	return count, eachLine(in, func(line []byte) error {
		count++
		one := &testCase{}
		err := kjson.Unmarshal(line, one)
		var result *answer
		if err == nil {
			result, err = answerCase(sccs, one)
		}
		if err != nil {
			result = &answer{ID: one.ID, Error: err.Error()}
		}
		return writeLine(out, result)
	})
}

// canonicalLines rewrites the pods of results; all else stays as it came.
func canonicalLines(in io.Reader, out io.Writer) error {
	return eachLine(in, func(line []byte) error {
		fields := map[string]json.RawMessage{}
		if err := kjson.Unmarshal(line, &fields); err != nil {
			return err
		}
		if pod, found := fields["pod"]; found {
			written, err := canonical(pod)
			if err != nil {
				// Shown as a difference, with the reason, instead of ending the whole run.
				written, _ = json.Marshal(fmt.Sprintf("not a pod: %v", err))
			}
			fields["pod"] = written
		}
		return writeLine(out, fields)
	})
}

// defaultSCCs applies what OpenShift applies to an SCC before it is stored.
func defaultSCCs(in io.Reader, out io.Writer) error {
	sccs, err := readAnySCCs(in)
	if err != nil {
		return err
	}
	for _, scc := range sccs {
		sccdefaults.SetDefaults_SCC(scc)
	}
	return writeLine(out, sccs)
}

// readAnySCCs reads SCCs as one JSON object by id, or out of YAML documents, by name, among objects of other kinds.
func readAnySCCs(in io.Reader) (sccSet, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	sccs := sccSet{}
	if bytes.HasPrefix(data, []byte("{")) {
		return sccs, kjson.Unmarshal(data, &sccs)
	}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), len(data))
	for {
		scc := &securityv1.SecurityContextConstraints{}
		if err := decoder.Decode(scc); err == io.EOF {
			return sccs, nil
		} else if err != nil {
			return nil, err
		}
		if scc.Kind == "SecurityContextConstraints" {
			sccs[scc.Name] = scc
		}
	}
}
