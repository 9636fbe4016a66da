/**
 * A pod's specification as facts, in the API's own words (Kubernetes API reference, PodSpec v1 core). A field that is not
 * stated, or is null, is absent; lists and maps that are not stated are empty. What has a wrong type is absent too, and a
 * gap says so.
 */
import type { FieldPath } from "./field-path.ts";

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly ephemeralContainers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly securityContext?: PodSecurityContext;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly shareProcessNamespace?: boolean;
  /** `serviceAccountName`, or else its old name `serviceAccount`; absent: `default`. */
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly imagePullSecrets: readonly string[];
  readonly os?: { readonly name?: string };
  readonly nodeName?: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  /** `affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`: one of them must hold. */
  readonly nodeTerms?: readonly NodeTerm[];
  readonly runtimeClassName?: string;
  readonly priorityClassName?: string;
  readonly restartPolicy?: string;
  readonly dnsPolicy?: string;
  /** `dnsConfig.nameservers`, as stated. */
  readonly nameservers?: readonly string[];
  readonly activeDeadlineSeconds?: number;
  readonly terminationGracePeriodSeconds?: number;
  /** Of the whole pod (Kubernetes 1.32 on). */
  readonly resources?: Resources;
}

/** A field that is absent stands for all that it could name (Kubernetes API reference, Toleration v1 core). */
export interface Toleration {
  readonly key?: string;
  /** `Equal` where it is absent. */
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/** All of it must hold; one without any expression holds of no node. */
export interface NodeTerm {
  readonly labels: readonly NodeExpression[];
  /** Of fields: `metadata.name` alone. */
  readonly fields: readonly NodeExpression[];
}

export interface NodeExpression {
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt`, `Lt`, as stated. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** One container of a pod, whichever of its three lists it is in. */
export interface Container {
  /** From the pod's specification, where it stands in none of the three lists: `["steps", 0]` of a Tekton Task. */
  readonly at?: FieldPath;
  /** Empty where none is stated. */
  readonly name: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir?: string;
  readonly ports: readonly ContainerPort[];
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly EnvFrom[];
  readonly resources: Resources;
  readonly volumeMounts: readonly VolumeMount[];
  readonly volumeDevices: readonly { readonly name: string; readonly devicePath?: string }[];
  readonly securityContext?: SecurityContext;
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: Lifecycle;
  /** `Always` makes an init container a sidecar. */
  readonly restartPolicy?: string;
  readonly stdin?: boolean;
  readonly tty?: boolean;
  /** Of an ephemeral container alone: whose namespaces it shares. */
  readonly targetContainerName?: string;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly hostIP?: string;
  readonly protocol?: string;
}

export interface EnvVar {
  readonly name: string;
  /** The literal; absent where it comes from elsewhere. */
  readonly value?: string;
  readonly secretKeyRef?: KeyReference;
  readonly configMapKeyRef?: KeyReference;
  /** `metadata.name`: a field of the pod itself. */
  readonly fieldRef?: string;
  /** `limits.cpu`. */
  readonly resourceFieldRef?: string;
}

export interface KeyReference {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface EnvFrom {
  readonly prefix?: string;
  readonly secretRef?: string;
  readonly configMapRef?: string;
  /** Of either. */
  readonly optional?: boolean;
}

/** Quantities as they are written: `500m`, `1Gi`. */
export interface Resources {
  readonly limits: Readonly<Record<string, string>>;
  readonly requests: Readonly<Record<string, string>>;
}

export interface VolumeMount {
  /** Of the volume. */
  readonly name: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
  readonly recursiveReadOnly?: string;
  readonly mountPropagation?: string;
}

/** A probe's or a hook's way to act; `type` names the field that is set, absent where none or none known is. */
export interface Handler {
  readonly type?: "exec" | "grpc" | "httpGet" | "sleep" | "tcpSocket";
  /** Of httpGet and tcpSocket, as stated; the pod's own address where it is absent or empty. */
  readonly host?: string;
  readonly port?: number | string;
  readonly path?: string;
  readonly scheme?: string;
  readonly httpHeaders: readonly { readonly name: string; readonly value: string }[];
  readonly command: readonly string[];
}

export interface Lifecycle {
  readonly postStart?: Handler;
  readonly preStop?: Handler;
  readonly stopSignal?: string;
}

interface SharedSecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly seLinuxOptions?: SELinuxOptions;
  readonly seccompProfile?: Profile;
  readonly appArmorProfile?: Profile;
  readonly windowsOptions?: WindowsOptions;
}

/** Of a container; what it states goes before what the pod states. */
export interface SecurityContext extends SharedSecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly procMount?: string;
  /** Absent where none are stated; an empty object gives empty lists. */
  readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
}

export interface PodSecurityContext extends SharedSecurityContext {
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: string;
  readonly supplementalGroups: readonly number[];
  readonly supplementalGroupsPolicy?: string;
  readonly sysctls: readonly { readonly name: string; readonly value: string }[];
  readonly seLinuxChangePolicy?: string;
}

export interface SELinuxOptions {
  readonly user?: string;
  readonly role?: string;
  readonly type?: string;
  readonly level?: string;
}

/** A seccomp or AppArmor profile. */
export interface Profile {
  /** `RuntimeDefault`, `Localhost`, `Unconfined`, or whatever is stated. */
  readonly type?: string;
  readonly localhostProfile?: string;
}

export interface WindowsOptions {
  readonly hostProcess?: boolean;
  readonly runAsUserName?: string;
  readonly gmsaCredentialSpecName?: string;
}

/** A volume. */
export interface Volume {
  readonly name: string;
  /**
   * The fields beside `name` that are set, in the API's words (`hostPath`, `emptyDir`, `secret`, …), known or not; a valid
   * volume has one. A volume with none is an emptyDir.
   */
  readonly types: readonly string[];
  readonly hostPath?: { readonly path: string; readonly type?: string };
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
  readonly secret?: SourceReference;
  readonly configMap?: SourceReference;
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
  readonly csi?: {
    readonly driver: string;
    readonly readOnly?: boolean;
    readonly volumeAttributes: Readonly<Record<string, string>>;
    readonly nodePublishSecretRef?: string;
  };
  readonly image?: { readonly reference: string; readonly pullPolicy?: string };
  readonly projected?: { readonly sources: readonly ProjectedSource[] };
}

/** A Secret or ConfigMap that a volume shows; no items: all its keys. */
export interface SourceReference {
  readonly name: string;
  readonly items: readonly { readonly key: string; readonly path: string }[];
  readonly defaultMode?: number;
  readonly optional?: boolean;
}

export interface ProjectedSource {
  readonly secret?: SourceReference;
  readonly configMap?: SourceReference;
  readonly serviceAccountToken?: {
    readonly audience?: string;
    readonly expirationSeconds?: number;
    readonly path?: string;
  };
  /** Whether it is one of `downwardAPI`, `clusterTrustBundle` or another kind: the fields that are set. */
  readonly types: readonly string[];
}
