/** Configuration files of a cluster's own programs: they look like objects, and no API server holds them. */
import type { FieldPath } from "./field-path.ts";
import type { KubernetesObject } from "./object-model.ts";

export interface ClusterFiles {
  readonly admissionConfigurations: readonly AdmissionConfiguration[];
  /** Files of their own, and those that stand within an AdmissionConfiguration. */
  readonly podSecurityConfigurations: readonly PodSecurityConfiguration[];
  readonly encryptionConfigurations: readonly EncryptionConfiguration[];
  /** kubeadm's ClusterConfiguration: how the programs of the control plane are started. */
  readonly kubeadmClusterConfigurations: readonly KubeadmClusterConfiguration[];
  /** kubeadm's InitConfiguration and JoinConfiguration. */
  readonly kubeadmNodeConfigurations: readonly KubeadmNodeConfiguration[];
  readonly kubeletConfigurations: readonly KubeletConfiguration[];
}

export interface AdmissionConfiguration {
  readonly object: KubernetesObject;
  readonly plugins: readonly { readonly name: string; readonly path?: string }[];
}

/** The file of the API server's PodSecurity plugin. */
export interface PodSecurityConfiguration {
  readonly object: KubernetesObject;
  /** Where it begins in the object: empty, or `["plugins", 0, "configuration"]`. */
  readonly path: FieldPath;
  /** `enforce`, `enforce-version`, `audit`, … as stated. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly exemptions: {
    readonly usernames: readonly string[];
    readonly runtimeClasses: readonly string[];
    readonly namespaces: readonly string[];
  };
}

export interface EncryptionConfiguration {
  readonly object: KubernetesObject;
  readonly resources: readonly {
    readonly resources: readonly string[];
    /** In order: the first writes, all read. */
    readonly providers: readonly EncryptionProvider[];
  }[];
}

export interface EncryptionProvider {
  /** `identity`, `aescbc`, `aesgcm`, `secretbox`, `kms`, or whatever is stated. */
  readonly type: string;
  /** Names of the keys that stand in the file. */
  readonly keys: readonly string[];
  /** Of kms. */
  readonly apiVersion?: string;
  readonly endpoint?: string;
  readonly name?: string;
}

export interface KubeadmClusterConfiguration {
  readonly object: KubernetesObject;
  readonly kubernetesVersion?: string;
  /** Flags without their dashes → value; of a flag that is given twice the last. */
  readonly apiServer: Readonly<Record<string, string>>;
  readonly controllerManager: Readonly<Record<string, string>>;
  readonly scheduler: Readonly<Record<string, string>>;
  /** Of the etcd that kubeadm starts. */
  readonly etcd: Readonly<Record<string, string>>;
}

export interface KubeadmNodeConfiguration {
  readonly object: KubernetesObject;
  /** Flags of the kubelet, as for the API server. */
  readonly kubelet: Readonly<Record<string, string>>;
}

export interface KubeletConfiguration {
  readonly object: KubernetesObject;
  readonly anonymousAuthentication?: boolean;
  readonly webhookAuthentication?: boolean;
  readonly clientCAFile?: string;
  readonly authorizationMode?: string;
  readonly readOnlyPort?: number;
  readonly protectKernelDefaults?: boolean;
  readonly rotateCertificates?: boolean;
  readonly serverTLSBootstrap?: boolean;
  readonly seccompDefault?: boolean;
  readonly makeIPTablesUtilChains?: boolean;
  readonly eventRecordQPS?: number;
  readonly streamingConnectionIdleTimeout?: string;
  readonly tlsCipherSuites: readonly string[];
  readonly staticPodPath?: string;
}
