// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Command psaoracle answers, by Kubernetes' own code, what the collection's Python answers: one JSON object a line in,
// one out, in order. The field "op" says which question a line asks.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// operations maps each question to the function that answers it.
var operations = map[string]func(line []byte) (any, error){
	"review":  review,  // what Pod Security Admission says about a pod or a pod template
	"prepare": prepare, // a pod as mutating admission plugins of OpenShift find it
	"read":    read,    // the objects of a text
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "psaoracle:", err)
		os.Exit(1)
	}
}

func run() error {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 {
			return out.Flush()
		}
		if err != nil {
			return fmt.Errorf("a line without end: %w", err)
		}
		if err := encoder.Encode(answer(line)); err != nil {
			return err
		}
		// Whoever asks one question at a time waits for its answer.
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

func answer(line []byte) any {
	var question struct{ Op string }
	if err := json.Unmarshal(line, &question); err != nil {
		return failure(err)
	}
	operation, known := operations[question.Op]
	if !known {
		return failure(fmt.Errorf("unknown op %q", question.Op))
	}
	result, err := operation(line)
	if err != nil {
		return failure(err)
	}
	return result
}

func failure(err error) any {
	return map[string]string{"error": err.Error()}
}
