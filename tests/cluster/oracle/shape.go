// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// shape tells what JSON a Go type is read from, so that cases can have every field of a pod.
type shape struct {
	Kind    string            `json:"kind"` // object, list, map, or the kind of a single value
	Pointer bool              `json:"pointer,omitempty"`
	Fields  map[string]*shape `json:"fields,omitempty"`
	Item    *shape            `json:"item,omitempty"`
}

var podShape = shapeOf(reflect.TypeFor[corev1.Pod]())

// Types that read and write their JSON themselves.
var special = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():  "quantity",
	reflect.TypeFor[metav1.Time]():        "time",
	reflect.TypeFor[metav1.MicroTime]():   "microtime",
	reflect.TypeFor[intstr.IntOrString](): "intstr",
	reflect.TypeFor[metav1.FieldsV1]():    "raw",
}

func shapeOf(t reflect.Type) *shape {
	pointer := t.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	result := &shape{Pointer: pointer}
	if kind, found := special[t]; found {
		result.Kind = kind
		return result
	}
	switch t.Kind() {
	case reflect.Struct:
		result.Kind = "object"
		result.Fields = map[string]*shape{}
		addFields(result.Fields, t)
	case reflect.Slice:
		result.Kind = "list"
		result.Item = shapeOf(t.Elem())
	case reflect.Map:
		result.Kind = "map"
		result.Item = shapeOf(t.Elem())
	default:
		result.Kind = t.Kind().String()
	}
	return result
}

func addFields(fields map[string]*shape, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case name == "" && (field.Anonymous || strings.Contains(options, "inline")):
			addFields(fields, field.Type)
		case name != "":
			fields[name] = shapeOf(field.Type)
		}
	}
}
