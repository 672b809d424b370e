// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	kjson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// read takes a text apart as kubectl and helm do, which hand every document on as JSON. As there, empty documents do not
// count.
func read(line []byte) (any, error) {
	var question struct{ Text string }
	if err := json.Unmarshal(line, &question); err != nil {
		return nil, err
	}
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(question.Text), 4096)
	documents := []any{}
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); errors.Is(err, io.EOF) {
			return map[string]any{"documents": documents}, nil
		} else if err != nil {
			return nil, err
		}
		var document any
		if len(raw) > 0 {
			if err := kjson.Unmarshal(raw, &document); err != nil {
				return nil, err
			}
		}
		if document != nil {
			documents = append(documents, document)
		}
	}
}
