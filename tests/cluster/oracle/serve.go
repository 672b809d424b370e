// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"

	kjson "k8s.io/apimachinery/pkg/util/json"
)

// order is one line that serve reads: the SCCs of all that follows, a single question, or whole files.
type order struct {
	SCCs      sccSet          `json:"sccs"`
	Case      *testCase       `json:"case"`
	Canonical json.RawMessage `json:"canonical"`
	// Shape asks for all fields of a pod.
	Shape bool `json:"shape"`
	// Default is a file with SCCs, to be answered with their defaults.
	Default string `json:"default"`
	// Batch answers the file Cases into Results; Rewrite writes the pods of the file Results canonically into Output.
	Batch *struct {
		SCCs    string `json:"sccs"`
		Cases   string `json:"cases"`
		Results string `json:"results"`
	} `json:"batch"`
	Rewrite *struct {
		Results string `json:"results"`
		Output  string `json:"output"`
	} `json:"rewrite"`
}

// reply is what serve answers; an order that cannot be carried out does not end it.
type reply struct {
	Answer *answer         `json:"answer,omitempty"`
	Pod    json.RawMessage `json:"pod,omitempty"`
	SCCs   json.RawMessage `json:"sccs,omitempty"`
	Shape  *shape          `json:"shape,omitempty"`
	Count  int             `json:"count,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// serve carries out one order after the other until its input ends.
func serve(in io.Reader, out *bufio.Writer) error {
	sccs := sccSet{}
	return eachLine(in, func(line []byte) error {
		asked, given := order{}, reply{}
		err := kjson.Unmarshal(line, &asked)
		if err == nil {
			given, err = carryOut(&sccs, &asked)
		}
		if err != nil {
			given = reply{Error: err.Error()}
		}
		if err := writeLine(out, given); err != nil {
			return err
		}
		return out.Flush()
	})
}

func carryOut(sccs *sccSet, asked *order) (given reply, err error) {
	if asked.SCCs != nil {
		*sccs = asked.SCCs
	}
	switch {
	case asked.Shape:
		given.Shape = podShape
	case asked.Case != nil:
		given.Answer, err = answerCase(*sccs, asked.Case)
	case asked.Canonical != nil:
		given.Pod, err = canonical(asked.Canonical)
	case asked.Default != "":
		var in io.ReadCloser
		if in, err = os.Open(asked.Default); err != nil {
			return given, err
		}
		defer in.Close()
		var written bytes.Buffer
		err = defaultSCCs(in, &written)
		given.SCCs = written.Bytes()
	case asked.Batch != nil:
		var present sccSet
		if present, err = readSCCs(asked.Batch.SCCs); err != nil {
			return given, err
		}
		err = rewriteFile(asked.Batch.Cases, asked.Batch.Results, func(in io.Reader, out io.Writer) (err error) {
			given.Count, err = answerLines(present, in, out)
			return err
		})
	case asked.Rewrite != nil:
		err = rewriteFile(asked.Rewrite.Results, asked.Rewrite.Output, canonicalLines)
	}
	return given, err
}

func rewriteFile(from, to string, do func(io.Reader, io.Writer) error) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	file, err := os.Create(to)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	if err := do(in, out); err != nil {
		file.Close()
		return err
	}
	if err := out.Flush(); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
