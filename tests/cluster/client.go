// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"strings"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

const serverPollInterval = 100 * time.Millisecond

// kubeconfigFlag is the value of --kubeconfig=PATH in a command line, or "" without one.
func kubeconfigFlag(args []string) string {
	for _, arg := range args {
		if path, found := strings.CutPrefix(arg, "--kubeconfig="); found {
			return path
		}
	}
	return ""
}

// waitForServer blocks until the API server is ready: components started earlier would fail and start over.
func waitForServer(kubeconfig string) {
	client := kubernetes.NewForConfigOrDie(clientConfig(kubeconfig))
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		err := client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
		cancel()
		if err == nil {
			return
		}
		time.Sleep(serverPollInterval)
	}
}

// clientConfig reads a kubeconfig; a process of this program that cannot read its own has no way to go on.
func clientConfig(kubeconfig string) *rest.Config {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		klog.ErrorS(err, "Cannot read the kubeconfig", "path", kubeconfig)
		klog.FlushAndExit(klog.ExitFlushTimeout, 1)
	}
	config.QPS, config.Burst = 200, 400
	return config
}
