// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints/sccadmission"
	securityclient "github.com/openshift/client-go/security/clientset/versioned"
	securityinformers "github.com/openshift/client-go/security/informers/externalversions"
	"github.com/spf13/cobra"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apiserver/pkg/admission"
	mutatingpolicy "k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/cli/globalflag"
	"k8s.io/component-base/compatibility"
	"k8s.io/component-base/logs"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/component-base/version/verflag"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

const sccExecPluginName = "security.openshift.io/SCCExecRestrictions"

// newAPIServerCommand is Kubernetes' API server with OpenShift's admission plugins registered, all off by default.
func newAPIServerCommand() *cobra.Command {
	run := options.NewServerRunOptions()
	ctx := genericapiserver.SetupSignalContext()
	var sccKubeconfig string
	registerSCCPlugins(run, &sccKubeconfig)
	cmd := &cobra.Command{
		Use:          "kube-apiserver",
		SilenceUsage: true,
		Args:         cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			verflag.PrintAndExitIfRequested()
			if err := run.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
				return err
			}
			gates := run.GenericServerRunOptions.ComponentGlobalsRegistry.FeatureGateFor(compatibility.DefaultKubeComponent)
			if err := logsapi.ValidateAndApply(run.Logs, gates); err != nil {
				return err
			}
			completed, err := run.Complete(ctx)
			if err != nil {
				return err
			}
			if errs := completed.Validate(); len(errs) != 0 {
				return utilerrors.NewAggregate(errs)
			}
			return app.Run(ctx, completed)
		},
	}
	cmd.SetContext(ctx)
	named := run.Flags()
	verflag.AddFlags(named.FlagSet("global"))
	globalflag.AddGlobalFlags(named.FlagSet("global"), cmd.Name(), logs.SkipLoggingConfigurationFlags())
	for _, set := range named.FlagSets {
		cmd.Flags().AddFlagSet(set)
	}
	cmd.Flags().StringVar(&sccKubeconfig, "scc-kubeconfig", "", "kubeconfig with which the SCC plugins watch SCCs")
	return cmd
}

// registerSCCPlugins puts OpenShift's plugins before the webhooks, as OpenShift orders them.
func registerSCCPlugins(run *options.ServerRunOptions, kubeconfig *string) {
	generic := run.Admission.GenericAdmission
	makers := map[string]func() admission.Interface{
		sccadmission.PluginName: func() admission.Interface { return sccadmission.NewConstraint() },
		sccExecPluginName:       func() admission.Interface { return sccadmission.NewSCCExecRestrictions() },
	}
	informers := lazyInformers(kubeconfig)
	names := []string{sccDefaultingPluginName, sccadmission.PluginName, sccExecPluginName}
	for name, maker := range makers {
		generic.Plugins.Register(name, func(io.Reader) (admission.Interface, error) {
			factory, err := informers()
			if err != nil {
				return nil, err
			}
			plugin := maker()
			sccadmission.NewInitializer(factory.Security().V1().SecurityContextConstraints()).Initialize(plugin)
			factory.Start(wait.NeverStop)
			return plugin, nil
		})
	}
	generic.Plugins.Register(sccDefaultingPluginName, func(io.Reader) (admission.Interface, error) {
		return newSCCDefaulting(), nil
	})
	at := slices.Index(generic.RecommendedPluginOrder, mutatingpolicy.PluginName)
	generic.RecommendedPluginOrder = slices.Insert(slices.Clone(generic.RecommendedPluginOrder), at, names...)
	generic.DefaultOffPlugins.Insert(names...)
}

// lazyInformers makes one SCC informer factory for all plugins, when the first of them is made.
func lazyInformers(kubeconfig *string) func() (securityinformers.SharedInformerFactory, error) {
	var factory securityinformers.SharedInformerFactory
	return func() (securityinformers.SharedInformerFactory, error) {
		if factory != nil {
			return factory, nil
		}
		if *kubeconfig == "" {
			return nil, errors.New("the SCC admission plugins need --scc-kubeconfig")
		}
		config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
		if err != nil {
			return nil, err
		}
		client, err := securityclient.NewForConfig(config)
		if err != nil {
			return nil, err
		}
		factory = securityinformers.NewSharedInformerFactory(client, 10*time.Minute)
		return factory, nil
	}
}
