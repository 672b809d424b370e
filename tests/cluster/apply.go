// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"
)

const (
	applyManager  = "local-cluster"
	applyParallel = 8
	applyInterval = 200 * time.Millisecond
)

// newApplyCommand brings the manifests of one or several directories into the cluster, by server-side apply.
func newApplyCommand() *cobra.Command {
	var kubeconfig string
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:          "apply PATH...",
		SilenceUsage: true,
		Args:         cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, paths []string) error {
			ctx, cancel := context.WithTimeout(context.Background(), timeout)
			defer cancel()
			objects, err := readManifests(paths)
			if err != nil {
				return err
			}
			return newApplier(kubeconfig).applyAll(ctx, objects)
		},
	}
	cmd.Flags().StringVar(&kubeconfig, "kubeconfig", "", "kubeconfig of a user that may write everything")
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "how long to retry what is not accepted yet")
	return cmd
}

// readManifests reads all YAML and JSON documents of files and of the files in directories.
func readManifests(paths []string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.Contains(".yaml.yml.json", filepath.Ext(path)) {
				return err
			}
			found, err := readManifest(path)
			objects = append(objects, found...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return objects, nil
}

func readManifest(path string) ([]*unstructured.Unstructured, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var objects []*unstructured.Unstructured
	for decoder := yaml.NewYAMLOrJSONDecoder(file, 4096); ; {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
}

type applier struct {
	client dynamic.Interface
	mapper *restmapper.DeferredDiscoveryRESTMapper
}

func newApplier(kubeconfig string) *applier {
	config := clientConfig(kubeconfig)
	cache := memory.NewMemCacheClient(kubernetes.NewForConfigOrDie(config).Discovery())
	return &applier{client: dynamic.NewForConfigOrDie(config), mapper: restmapper.NewDeferredDiscoveryRESTMapper(cache)}
}

// applyAll applies definitions and namespaces first, then everything else side by side.
func (a *applier) applyAll(ctx context.Context, objects []*unstructured.Unstructured) error {
	var first, second []*unstructured.Unstructured
	for _, object := range objects {
		if kind := object.GetKind(); kind == "CustomResourceDefinition" || kind == "Namespace" {
			first = append(first, object)
		} else {
			second = append(second, object)
		}
	}
	for _, wave := range [][]*unstructured.Unstructured{first, second} {
		group, groupCtx := errgroup.WithContext(ctx)
		group.SetLimit(applyParallel)
		for _, object := range wave {
			group.Go(func() error { return a.applyPatiently(groupCtx, object) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// applyPatiently retries until the context ends: a definition's API and a fresh server's roles appear a moment later.
func (a *applier) applyPatiently(ctx context.Context, object *unstructured.Unstructured) error {
	for {
		err := a.apply(ctx, object)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		case <-time.After(applyInterval):
		}
	}
}

func (a *applier) apply(ctx context.Context, object *unstructured.Unstructured) error {
	gvk := object.GroupVersionKind()
	mapping, err := a.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		a.mapper.Reset() // the API may have come into being since the last look
		return err
	}
	var resource dynamic.ResourceInterface = a.client.Resource(mapping.Resource)
	if namespace := object.GetNamespace(); namespace != "" {
		resource = a.client.Resource(mapping.Resource).Namespace(namespace)
	}
	options := metav1.ApplyOptions{FieldManager: applyManager, Force: true}
	if _, err := resource.Apply(ctx, object.GetName(), object, options); err != nil {
		return err
	}
	if _, found := object.Object["status"]; found && gvk.Group == "config.openshift.io" {
		_, err = resource.ApplyStatus(ctx, object.GetName(), object, options)
	}
	return err
}
