// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Command cluster is the whole local test cluster in one program: Kubernetes' own components, OpenShift's SCC
// admission, and the few small parts that stand in for what a distribution adds.
package main

import (
	"context"
	"fmt"
	"os"
	_ "time/tzdata" // time zones of CronJobs

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// commands maps each subcommand to its maker; they are made on demand because each sets process-wide state.
var commands = map[string]func() *cobra.Command{
	"apply":                   newApplyCommand,
	"certs":                   newCertsCommand,
	"kube-apiserver":          newAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-proxy":              proxy.NewProxyCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"namespace-allocator":     newAllocatorCommand,
	"simulated-node":          newSimulatedNodeCommand,
	"volume-provisioner":      newProvisionerCommand,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: cluster COMMAND [FLAG...]; the commands are:")
		for name := range commands {
			fmt.Fprintln(os.Stderr, "  "+name)
		}
		os.Exit(2)
	}
	command := commands[os.Args[1]]()
	os.Args = os.Args[1:] // each component parses its own command line
	if kubeconfig := kubeconfigFlag(os.Args); kubeconfig != "" {
		waitForServer(kubeconfig)
	}
	os.Exit(cli.Run(command))
}
