// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/wait"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/utils/ptr"
)

const (
	leaseSeconds = 40
	leaseRenewal = 10 * time.Second
)

// newSimulatedNodeCommand is a node without containers: its pods report ready at once, and those of Jobs succeed.
func newSimulatedNodeCommand() *cobra.Command {
	var kubeconfig, name, address string
	cmd := &cobra.Command{
		Use:          "simulated-node",
		SilenceUsage: true,
		Args:         cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			node := &simulatedNode{client: clientsetFor(kubeconfig), name: name, address: address}
			return node.run(genericapiserver.SetupSignalContext())
		},
	}
	cmd.Flags().StringVar(&kubeconfig, "kubeconfig", "", "kubeconfig of a user that may write nodes and pods")
	cmd.Flags().StringVar(&name, "node", "", "name of the node")
	cmd.Flags().StringVar(&address, "node-address", "", "IP address that the node reports")
	return cmd
}

type simulatedNode struct {
	client        kubernetes.Interface
	name, address string
	addresses     atomic.Uint32
}

func (n *simulatedNode) run(ctx context.Context) error {
	if err := n.register(ctx); err != nil {
		return err
	}
	go wait.UntilWithContext(ctx, func(ctx context.Context) {
		if err := n.renewLease(ctx); err != nil {
			klog.ErrorS(err, "Cannot renew the lease")
		}
	}, leaseRenewal)
	factory := informers.NewSharedInformerFactoryWithOptions(n.client, 10*time.Second,
		informers.WithTweakListOptions(func(options *metav1.ListOptions) {
			options.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", n.name).String()
		}))
	handle := func(object any) {
		pod := object.(*corev1.Pod)
		if err := n.handlePod(ctx, pod); err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			klog.ErrorS(err, "Cannot move the pod on", "pod", klog.KObj(pod))
		}
	}
	if _, err := factory.Core().V1().Pods().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    handle,
		UpdateFunc: func(_, object any) { handle(object) },
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	return nil
}

// register creates the Node and reports it ready; capacity that somebody patched in (a GPU, say) is kept.
func (n *simulatedNode) register(ctx context.Context) error {
	nodes := n.client.CoreV1().Nodes()
	node, err := nodes.Create(ctx, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.name, Labels: map[string]string{
		corev1.LabelHostname: n.name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64",
	}}}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		node, err = nodes.Get(ctx, n.name, metav1.GetOptions{})
	}
	if err != nil {
		return err
	}
	if node.Status.Capacity == nil {
		node.Status.Capacity = corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse("64"), corev1.ResourceMemory: resource.MustParse("256Gi"),
			corev1.ResourcePods: resource.MustParse("1000"), corev1.ResourceEphemeralStorage: resource.MustParse("1Ti"),
		}
	}
	node.Status.Allocatable = node.Status.Capacity
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: n.address}}
	node.Status.Conditions = []corev1.NodeCondition{{
		Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "Simulated", Message: "This node runs no containers",
		LastHeartbeatTime: metav1.Now(), LastTransitionTime: metav1.Now(),
	}}
	node.Status.NodeInfo.KubeletVersion = "v1.35.4"
	_, err = nodes.UpdateStatus(ctx, node, metav1.UpdateOptions{})
	return err
}

func (n *simulatedNode) renewLease(ctx context.Context) error {
	leases := n.client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	lease, err := leases.Get(ctx, n.name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		lease, err = leases.Create(ctx, &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: n.name}}, metav1.CreateOptions{})
	}
	if err != nil {
		return err
	}
	lease.Spec.HolderIdentity = &n.name
	lease.Spec.LeaseDurationSeconds = ptr.To[int32](leaseSeconds)
	lease.Spec.RenewTime = &metav1.MicroTime{Time: time.Now()}
	_, err = leases.Update(ctx, lease, metav1.UpdateOptions{})
	return err
}

// handlePod takes one pod one step on: to running, from there to succeeded if it is a Job's, and away once deleted.
func (n *simulatedNode) handlePod(ctx context.Context, pod *corev1.Pod) error {
	pods := n.client.CoreV1().Pods(pod.Namespace)
	if pod.DeletionTimestamp != nil {
		return pods.Delete(ctx, pod.Name, metav1.DeleteOptions{GracePeriodSeconds: ptr.To[int64](0)})
	}
	next := pod.DeepCopy()
	switch {
	case pod.Status.Phase == corev1.PodPending:
		next.Status = runningStatus(pod, n.address, n.nextPodAddress())
	case pod.Status.Phase == corev1.PodRunning && ownedByJob(pod):
		next.Status = succeededStatus(pod)
	default:
		return nil
	}
	_, err := pods.UpdateStatus(ctx, next, metav1.UpdateOptions{})
	return err
}

func (n *simulatedNode) nextPodAddress() string {
	number := n.addresses.Add(1)
	return fmt.Sprintf("10.245.%d.%d", number>>8&0xff, number&0xff)
}

func ownedByJob(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return owner != nil && owner.Kind == "Job"
}

func runningStatus(pod *corev1.Pod, hostAddress, podAddress string) corev1.PodStatus {
	now := metav1.Now()
	status := *pod.Status.DeepCopy()
	status.Phase, status.StartTime = corev1.PodRunning, &now
	status.HostIP, status.HostIPs = hostAddress, []corev1.HostIP{{IP: hostAddress}}
	status.PodIP, status.PodIPs = podAddress, []corev1.PodIP{{IP: podAddress}}
	status.Conditions = trueConditions(now, corev1.PodScheduled, corev1.PodReadyToStartContainers, corev1.PodInitialized,
		corev1.ContainersReady, corev1.PodReady)
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
	status.ContainerStatuses = containerStatuses(pod.Spec.Containers, func(corev1.Container) corev1.ContainerState { return running })
	status.InitContainerStatuses = containerStatuses(pod.Spec.InitContainers, func(container corev1.Container) corev1.ContainerState {
		if container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			return running // a sidecar
		}
		return completed(now)
	})
	return status
}

func succeededStatus(pod *corev1.Pod) corev1.PodStatus {
	status := *pod.Status.DeepCopy()
	status.Phase = corev1.PodSucceeded
	for i := range status.Conditions {
		if kind := status.Conditions[i].Type; kind == corev1.PodReady || kind == corev1.ContainersReady {
			status.Conditions[i].Status, status.Conditions[i].Reason = corev1.ConditionFalse, "PodCompleted"
		}
	}
	for i := range status.ContainerStatuses {
		status.ContainerStatuses[i].Ready = false
		status.ContainerStatuses[i].State = completed(metav1.Now())
	}
	return status
}

func completed(at metav1.Time) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: at, FinishedAt: at}}
}

func trueConditions(at metav1.Time, kinds ...corev1.PodConditionType) []corev1.PodCondition {
	conditions := make([]corev1.PodCondition, 0, len(kinds))
	for _, kind := range kinds {
		conditions = append(conditions, corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: at})
	}
	return conditions
}

func containerStatuses(containers []corev1.Container, state func(corev1.Container) corev1.ContainerState) []corev1.ContainerStatus {
	var statuses []corev1.ContainerStatus
	for _, container := range containers {
		statuses = append(statuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image, ImageID: container.Image, ContainerID: "simulated://" + container.Name,
			Ready: true, Started: ptr.To(true), State: state(container),
		})
	}
	return statuses
}
