# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of all fields of a pod (v1, Kubernetes 1.35), made by `make pod-types` from Kubernetes' own; not to be edited.

A line is an object: its number, then each field with its type. The types: s text, i number, b truth value, q quantity, t time,
x number or text, r anything, oN object N, l list and m map of what follows; an asterisk where an absent field is not a zero.
"""

from __future__ import annotations

TYPES = """
0 apiVersion=s fieldsType=s fieldsV1=*r manager=s operation=s subresource=s time=*t
1 apiVersion=s blockOwnerDeletion=*b controller=*b kind=s name=s uid=s
2 annotations=ms creationTimestamp=t deletionGracePeriodSeconds=*i deletionTimestamp=*t finalizers=ls generateName=s
  generation=i labels=ms managedFields=lo0 name=s namespace=s ownerReferences=lo1 resourceVersion=s selfLink=s uid=s
3 key=s operator=s values=ls
4 matchExpressions=lo3 matchFields=lo3
5 preference=o4 weight=i
6 nodeSelectorTerms=lo4
7 preferredDuringSchedulingIgnoredDuringExecution=lo5 requiredDuringSchedulingIgnoredDuringExecution=*o6
8 matchExpressions=lo3 matchLabels=ms
9 labelSelector=*o8 matchLabelKeys=ls mismatchLabelKeys=ls namespaceSelector=*o8 namespaces=ls topologyKey=s
10 podAffinityTerm=o9 weight=i
11 preferredDuringSchedulingIgnoredDuringExecution=lo10 requiredDuringSchedulingIgnoredDuringExecution=lo9
12 nodeAffinity=*o7 podAffinity=*o11 podAntiAffinity=*o11
13 key=s name=s optional=*b
14 apiVersion=s fieldPath=s
15 key=s optional=*b path=s volumeName=s
16 containerName=s divisor=q resource=s
17 configMapKeyRef=*o13 fieldRef=*o14 fileKeyRef=*o15 resourceFieldRef=*o16 secretKeyRef=*o13
18 name=s value=s valueFrom=*o17
19 name=s optional=*b
20 configMapRef=*o19 prefix=s secretRef=*o19
21 command=ls
22 name=s value=s
23 host=s httpHeaders=lo22 path=s port=x scheme=s
24 seconds=i
25 host=s port=x
26 exec=*o21 httpGet=*o23 sleep=*o24 tcpSocket=*o25
27 postStart=*o26 preStop=*o26 stopSignal=*s
28 port=i service=*s
29 exec=*o21 failureThreshold=i grpc=*o28 httpGet=*o23 initialDelaySeconds=i periodSeconds=i successThreshold=i
  tcpSocket=*o25 terminationGracePeriodSeconds=*i timeoutSeconds=i
30 containerPort=i hostIP=s hostPort=i name=s protocol=s
31 resourceName=s restartPolicy=s
32 name=s request=s
33 claims=lo32 limits=mq requests=mq
34 operator=s values=li
35 action=s exitCodes=*o34
36 localhostProfile=*s type=s
37 add=ls drop=ls
38 level=s role=s type=s user=s
39 gmsaCredentialSpec=*s gmsaCredentialSpecName=*s hostProcess=*b runAsUserName=*s
40 allowPrivilegeEscalation=*b appArmorProfile=*o36 capabilities=*o37 privileged=*b procMount=*s
  readOnlyRootFilesystem=*b runAsGroup=*i runAsNonRoot=*b runAsUser=*i seLinuxOptions=*o38 seccompProfile=*o36
  windowsOptions=*o39
41 devicePath=s name=s
42 mountPath=s mountPropagation=*s name=s readOnly=b recursiveReadOnly=*s subPath=s subPathExpr=s
43 args=ls command=ls env=lo18 envFrom=lo20 image=s imagePullPolicy=s lifecycle=*o27 livenessProbe=*o29 name=s
  ports=lo30 readinessProbe=*o29 resizePolicy=lo31 resources=o33 restartPolicy=*s restartPolicyRules=lo35
  securityContext=*o40 startupProbe=*o29 stdin=b stdinOnce=b terminationMessagePath=s terminationMessagePolicy=s tty=b
  volumeDevices=lo41 volumeMounts=lo42 workingDir=s
44 name=s value=*s
45 nameservers=ls options=lo44 searches=ls
46 args=ls command=ls env=lo18 envFrom=lo20 image=s imagePullPolicy=s lifecycle=*o27 livenessProbe=*o29 name=s
  ports=lo30 readinessProbe=*o29 resizePolicy=lo31 resources=o33 restartPolicy=*s restartPolicyRules=lo35
  securityContext=*o40 startupProbe=*o29 stdin=b stdinOnce=b targetContainerName=s terminationMessagePath=s
  terminationMessagePolicy=s tty=b volumeDevices=lo41 volumeMounts=lo42 workingDir=s
47 hostnames=ls ip=s
48 name=s
49 conditionType=s
50 name=s resourceClaimName=*s resourceClaimTemplateName=*s
51 appArmorProfile=*o36 fsGroup=*i fsGroupChangePolicy=*s runAsGroup=*i runAsNonRoot=*b runAsUser=*i
  seLinuxChangePolicy=*s seLinuxOptions=*o38 seccompProfile=*o36 supplementalGroups=li supplementalGroupsPolicy=*s
  sysctls=lo22 windowsOptions=*o39
52 effect=s key=s operator=s tolerationSeconds=*i value=s
53 labelSelector=*o8 matchLabelKeys=ls maxSkew=i minDomains=*i nodeAffinityPolicy=*s nodeTaintsPolicy=*s topologyKey=s
  whenUnsatisfiable=s
54 fsType=s partition=i readOnly=b volumeID=s
55 cachingMode=*s diskName=s diskURI=s fsType=*s kind=*s readOnly=*b
56 readOnly=b secretName=s shareName=s
57 monitors=ls path=s readOnly=b secretFile=s secretRef=*o48 user=s
58 fsType=s readOnly=b secretRef=*o48 volumeID=s
59 key=s mode=*i path=s
60 defaultMode=*i items=lo59 name=s optional=*b
61 driver=s fsType=*s nodePublishSecretRef=*o48 readOnly=*b volumeAttributes=ms
62 fieldRef=*o14 mode=*i path=s resourceFieldRef=*o16
63 defaultMode=*i items=lo62
64 medium=s sizeLimit=*q
65 apiGroup=*s kind=s name=s
66 apiGroup=*s kind=s name=s namespace=*s
67 limits=mq requests=mq
68 accessModes=ls dataSource=*o65 dataSourceRef=*o66 resources=o67 selector=*o8 storageClassName=*s
  volumeAttributesClassName=*s volumeMode=*s volumeName=s
69 metadata=o2 spec=o68
70 volumeClaimTemplate=*o69
71 fsType=s lun=*i readOnly=b targetWWNs=ls wwids=ls
72 driver=s fsType=s options=ms readOnly=b secretRef=*o48
73 datasetName=s datasetUUID=s
74 fsType=s partition=i pdName=s readOnly=b
75 directory=s repository=s revision=s
76 endpoints=s path=s readOnly=b
77 path=s type=*s
78 pullPolicy=s reference=s
79 chapAuthDiscovery=b chapAuthSession=b fsType=s initiatorName=*s iqn=s iscsiInterface=s lun=i portals=ls readOnly=b
  secretRef=*o48 targetPortal=s
80 path=s readOnly=b server=s
81 claimName=s readOnly=b
82 fsType=s pdID=s
83 fsType=s readOnly=b volumeID=s
84 labelSelector=*o8 name=*s optional=*b path=s signerName=*s
85 items=lo59 name=s optional=*b
86 items=lo62
87 certificateChainPath=s credentialBundlePath=s keyPath=s keyType=s maxExpirationSeconds=*i signerName=s
  userAnnotations=ms
88 audience=s expirationSeconds=i path=s
89 clusterTrustBundle=*o84 configMap=*o85 downwardAPI=*o86 podCertificate=*o87 secret=*o85 serviceAccountToken=*o88
90 defaultMode=*i sources=lo89
91 group=s readOnly=b registry=s tenant=s user=s volume=s
92 fsType=s image=s keyring=s monitors=ls pool=s readOnly=b secretRef=*o48 user=s
93 fsType=s gateway=s protectionDomain=s readOnly=b secretRef=*o48 sslEnabled=b storageMode=s storagePool=s system=s
  volumeName=s
94 defaultMode=*i items=lo59 optional=*b secretName=s
95 fsType=s readOnly=b secretRef=*o48 volumeName=s volumeNamespace=s
96 fsType=s storagePolicyID=s storagePolicyName=s volumePath=s
97 awsElasticBlockStore=*o54 azureDisk=*o55 azureFile=*o56 cephfs=*o57 cinder=*o58 configMap=*o60 csi=*o61
  downwardAPI=*o63 emptyDir=*o64 ephemeral=*o70 fc=*o71 flexVolume=*o72 flocker=*o73 gcePersistentDisk=*o74
  gitRepo=*o75 glusterfs=*o76 hostPath=*o77 image=*o78 iscsi=*o79 name=s nfs=*o80 persistentVolumeClaim=*o81
  photonPersistentDisk=*o82 portworxVolume=*o83 projected=*o90 quobyte=*o91 rbd=*o92 scaleIO=*o93 secret=*o94
  storageos=*o95 vsphereVolume=*o96
98 name=s podGroup=s podGroupReplicaKey=s
99 activeDeadlineSeconds=*i affinity=*o12 automountServiceAccountToken=*b containers=lo43 dnsConfig=*o45 dnsPolicy=s
  enableServiceLinks=*b ephemeralContainers=lo46 hostAliases=lo47 hostIPC=b hostNetwork=b hostPID=b hostUsers=*b
  hostname=s hostnameOverride=*s imagePullSecrets=lo48 initContainers=lo43 nodeName=s nodeSelector=ms os=*o48
  overhead=mq preemptionPolicy=*s priority=*i priorityClassName=s readinessGates=lo49 resourceClaims=lo50
  resources=*o33 restartPolicy=s runtimeClassName=*s schedulerName=s schedulingGates=lo48 securityContext=*o51
  serviceAccount=s serviceAccountName=s setHostnameAsFQDN=*b shareProcessNamespace=*b subdomain=s
  terminationGracePeriodSeconds=*i tolerations=lo52 topologySpreadConstraints=lo53 volumes=lo97 workloadRef=*o98
100 lastProbeTime=t lastTransitionTime=t message=s observedGeneration=i reason=s status=s type=s
101 health=s resourceID=s
102 name=s resources=lo101
103 startedAt=t
104 containerID=s exitCode=i finishedAt=t message=s reason=s signal=i startedAt=t
105 message=s reason=s
106 running=*o103 terminated=*o104 waiting=*o105
107 gid=i supplementalGroups=li uid=i
108 linux=*o107
109 mountPath=s name=s readOnly=b recursiveReadOnly=*s
110 allocatedResources=mq allocatedResourcesStatus=lo102 containerID=s image=s imageID=s lastState=o106 name=s ready=b
  resources=*o33 restartCount=i started=*b state=o106 stopSignal=*s user=*o108 volumeMounts=lo109
111 containerName=s requestName=s resourceName=s
112 requestMappings=lo111 resourceClaimName=s
113 ip=s
114 name=s resourceClaimName=*s
115 allocatedResources=mq conditions=lo100 containerStatuses=lo110 ephemeralContainerStatuses=lo110
  extendedResourceClaimStatus=*o112 hostIP=s hostIPs=lo113 initContainerStatuses=lo110 message=s nominatedNodeName=s
  observedGeneration=i phase=s podIP=s podIPs=lo113 qosClass=s reason=s resize=s resourceClaimStatuses=lo114
  resources=*o33 startTime=*t
116 apiVersion=s kind=s metadata=o2 spec=o99 status=o115
"""
POD = "o116"
