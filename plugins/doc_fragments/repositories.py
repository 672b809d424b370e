# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Model repositories; the specification is in module_utils/_storage/options.py.
    DOCUMENTATION = r"""
options:
  image_mirrors:
    description:
      - Where to get images from in place of their own registries, from sources such as V(docker.io) to mirrors such as
        V(mirror.example.com/docker).
      - A source is a registry or the beginning of a repository's path; the longest one that fits counts, as in OpenShift's ImageDigestMirrorSet.
    type: dict
    default: {}
  repositories:
    description:
      - The repositories, in Triton's order.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name, a DNS label; the default is V(models), then V(models-2) and so on.
        type: str
      probe:
        description:
          - How M(inferops.triton.model_probe) reads a bucket before the release, for O(repositories[].s3), O(repositories[].gcs) and
            O(repositories[].azure).
        type: dict
        suboptions:
          enabled:
            description: Whether it does.
            type: bool
            default: true
          image:
            description: Image with C(sh), the usual tools (busybox's are enough) and C(rclone).
            type: str
            default: docker.io/rclone/rclone:1.76.0
          pull_policy:
            description: When the image is pulled; the default is Kubernetes' own.
            type: str
            choices: [Always, IfNotPresent, Never]
      claim:
        description: Models on a PersistentVolumeClaim.
        type: dict
        suboptions: &claim
          <<: &new_claim
            existing:
              description: Name of a claim that is there.
              type: str
            name:
              description: Name of the claim to make; the default is V(RELEASE-REPOSITORY).
              type: str
            storage_class:
              description: Storage class of the claim to make; the default is the cluster's.
              type: str
            access_modes:
              description: Access modes of the claim to make.
              type: list
              elements: str
              default: [ReadWriteOnce]
          size:
            description: Size of the claim to make, such as V(10Gi). A claim that is there grows to it, and never shrinks.
            type: str
          sub_path:
            description: Directory of the repository inside the volume.
            type: str
            default: ""
      upload:
        description:
          - Models of a local repository on a PersistentVolumeClaim. This module makes the claim, M(inferops.triton.model_upload) brings the
            files there. Each content has a directory of its own, which the release mounts.
        type: dict
        suboptions:
          <<: *new_claim
          path:
            description: Directory of the repository where the task runs.
            type: path
            required: true
          size:
            description: Size of the claim to make, such as V(10Gi), with room for the versions that are kept.
            type: str
          keep:
            description: So many versions stay on the claim; one that a workload mounts always does.
            type: int
            default: 3
          image:
            description: Image of the pod that writes; it needs a shell, C(tar), C(find) and C(sha256sum). The default is Triton's own.
            type: str
            default: ""
          supplemental_groups:
            description: Groups of that pod and of Triton's, for volumes on which C(fsGroup) does nothing, such as NFS.
            type: list
            elements: int
            default: []
      configmap:
        description: Small models in ConfigMaps, from a local repository.
        type: dict
        suboptions: &local
          path:
            description: Directory of the repository where the task runs.
            type: path
            required: true
      secret:
        description: Small models in Secrets, from a local repository.
        type: dict
        suboptions: *local
      nfs:
        description:
          - Models on an NFS server, behind a PersistentVolume that an administrator makes (C(scope=cluster) of
            M(inferops.triton.model_repository)) and a claim.
        type: dict
        suboptions:
          <<: &nfs
            server:
              description: Host name or address of the server.
              type: str
              required: true
            path:
              description: Exported path.
              type: str
              required: true
            sub_path:
              description: Directory of the repository inside the volume.
              type: str
              default: ""
            supplemental_groups:
              description: Groups that may read the files there; fsGroup does nothing on NFS.
              type: list
              elements: int
              default: []
          size:
            description: Size that volume and claim name; the server's own limits count.
            type: str
            default: 1Gi
          mount_options:
            description: Options of the mount, such as V(nfsvers=4.1).
            type: list
            elements: str
            default: []
      nfs_inline:
        description: Models on an NFS server, as a volume of the pod, which takes an SCC or a namespace that allows it.
        type: dict
        suboptions: *nfs
      s3:
        description: Models in a bucket of S3, or what speaks its protocol, which Triton reads itself.
        type: dict
        suboptions: &s3
          <<: &store
            credentials_file:
              description: A Secret that is there and holds Triton's cloud credential file, for several sets of credentials.
              type: dict
              suboptions:
                secret:
                  description: Name of the Secret.
                  type: str
                  required: true
                key:
                  description: Its key there.
                  type: str
                  default: credentials.json
            ca:
              description:
                - A private CA, mounted in the place of the image's own bundle, since the libraries in Triton read no other; so it has to hold
                  every CA that the pod needs.
              type: dict
              suboptions:
                config_map:
                  description: Name of the ConfigMap that holds it.
                  type: str
                secret:
                  description: Name of the Secret that holds it.
                  type: str
                key:
                  description: Its key there.
                  type: str
                  default: ca.crt
                path:
                  description: Where the image has its bundle.
                  type: str
                  default: /etc/ssl/certs/ca-certificates.crt
            scratch:
              description: Size of the models; Triton copies them into C(/tmp), whose limit grows by it.
              type: str
              default: ""
          uri:
            description: The repository as Triton takes it, such as V(s3://https://minio.example.com:9000/bucket/models).
            type: str
            default: ""
          bucket:
            description: Name of the bucket, in place of O(repositories[].s3.uri).
            type: str
            default: ""
          prefix:
            description: Directory of the repository in the bucket.
            type: str
            default: ""
          endpoint:
            description: Server, such as V(https://minio.example.com:9000); the default is AWS. Without C(http://) it is asked by TLS.
            type: str
            default: ""
          region:
            description: Region of the bucket.
            type: str
            default: ""
          path_style:
            description: Buckets are asked for by path, not by host name; Triton knows no other way.
            type: bool
            default: true
          existing_secret:
            description: Name of a Secret that is there and holds the credentials.
            type: str
            default: ""
          access_key_name:
            description: Key of the access key's ID in that Secret.
            type: str
            default: AWS_ACCESS_KEY_ID
          secret_key_name:
            description: Key of the secret key in that Secret.
            type: str
            default: AWS_SECRET_ACCESS_KEY
          session_token_name:
            description: Key of the session token in that Secret.
            type: str
            default: ""
          access_key:
            description: ID of the access key, for a Secret that is made.
            type: str
            default: ""
          secret_key:
            description: The secret key, for a Secret that is made.
            type: str
            default: ""
          session_token:
            description: The session token, for a Secret that is made.
            type: str
            default: ""
          role_arn:
            description: Role of AWS that the service account takes on (IRSA), without any key.
            type: str
            default: ""
      gcs:
        description: Models in a bucket of Google Cloud Storage, which Triton reads itself.
        type: dict
        suboptions: &gcs
          <<: *store
          uri:
            description: The repository as Triton takes it, such as V(gs://bucket/models).
            type: str
            default: ""
          bucket:
            description: Name of the bucket, in place of O(repositories[].gcs.uri).
            type: str
            default: ""
          prefix:
            description: Directory of the repository in the bucket.
            type: str
            default: ""
          emulator:
            description: URL of a stand-in for the service, such as V(http://fake-gcs:4443).
            type: str
            default: ""
          existing_secret:
            description: Name of a Secret that is there and holds a key file.
            type: str
            default: ""
          key_name:
            description: Key of the file in that Secret.
            type: str
            default: key.json
          service_account_json:
            description: Content of a key file, for a Secret that is made.
            type: json
          service_account:
            description: E-mail address of the service account of Google that the pod's own stands for (GKE's workload identity), without any key.
            type: str
            default: ""
      azure:
        description: Models in a container of Azure Storage, which Triton reads itself.
        type: dict
        suboptions: &azure
          <<: *store
          uri:
            description: The repository as Triton takes it, such as V(as://account/container/models).
            type: str
            default: ""
          account:
            description: Name of the storage account, in place of O(repositories[].azure.uri).
            type: str
            default: ""
          container:
            description: Name of the container.
            type: str
            default: ""
          prefix:
            description: Directory of the repository in the container.
            type: str
            default: ""
          existing_secret:
            description: Name of a Secret that is there and holds the account's key.
            type: str
            default: ""
          account_key_name:
            description: Key of the account's key in that Secret.
            type: str
            default: AZURE_STORAGE_KEY
          account_key:
            description: The account's key, for a Secret that is made.
            type: str
            default: ""
          client_id:
            description: ID of the managed identity that trusts the service account (Azure's workload identity), without any key.
            type: str
            default: ""
      image:
        description: Models in a container image.
        type: dict
        suboptions:
          reference:
            description: The image.
            type: str
            required: true
          path:
            description: Directory of the repository in the image.
            type: str
            default: /models
          mode:
            description: V(volume) mounts the image, V(copy) copies from it in an init container (the image then needs C(sh) and C(cp)), V(auto) mounts it where
              the cluster is known to do so, and else copies.
            type: str
            choices: [auto, volume, copy]
            default: auto
          pull_policy: &pull_policy
            description: When the image is pulled; the default is Kubernetes' own.
            type: str
            choices: [Always, IfNotPresent, Never]
          size:
            description: Limit of the copy's size.
            type: str
            default: ""
          resources: &resources
            description: Resources of the copying container; the default asks for little.
            type: dict
      sync:
        description:
          - Models copied from a bucket by an init container before Triton starts, into immutable directories named by the digest of their content.
            One of O(repositories[].sync.s3), O(repositories[].sync.gcs) and O(repositories[].sync.azure) is the source.
        type: dict
        suboptions:
          s3:
            description: The source, with the options of O(repositories[].s3) but for C(scratch) and C(credentials_file).
            type: dict
            suboptions: *s3
          gcs:
            description: The source, with the options of O(repositories[].gcs) but for C(scratch) and C(credentials_file).
            type: dict
            suboptions: *gcs
          azure:
            description: The source, with the options of O(repositories[].azure) but for C(scratch) and C(credentials_file).
            type: dict
            suboptions: *azure
          claim:
            description: A claim for the copies, with the options of O(repositories[].claim); without it they lie in an emptyDir of each pod.
            type: dict
            suboptions: *claim
          size:
            description: Limit of the emptyDir; it has to hold the models once.
            type: str
            default: ""
          keep:
            description: How many versions stay on the claim, those that the release used last; others' versions stay as well. At least 2.
            type: int
            default: 3
          digest:
            description: The only version to serve, such as V(sha256-) and 64 hexadecimal digits; the last line of the init container's log tells it.
            type: str
            default: ""
          image:
            description: Image with C(sh), the usual tools (busybox's are enough) and C(rclone).
            type: str
            default: docker.io/rclone/rclone:1.76.0
          pull_policy: *pull_policy
          transfers:
            description: How many files are copied at the same time.
            type: int
            default: 8
          bandwidth:
            description: Most bytes a second, such as V(20M) for 20 MiB; the default is no limit.
            type: str
            default: ""
          env:
            description: Further settings of rclone as variables C(RCLONE_*); they stand in the pod for everybody to see.
            type: dict
          resources: *resources
"""
