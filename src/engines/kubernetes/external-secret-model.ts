/** What fills Secrets from outside of the manifests, encrypted, or renews them, and the stores behind it, as facts. */
import type { KubernetesObject } from "./object-model.ts";

export interface SecretSources {
  /**
   * External Secrets' `ExternalSecret` and `ClusterExternalSecret`, and the other way `PushSecret` and
   * `ClusterPushSecret`; the CSI driver's `SecretProviderClass` and `SecretProviderClassPodStatus`, the Vault Secrets
   * Operator's `Vault…Secret`, `SealedSecret`, and cert-manager's `Certificate`; `object.kind` tells.
   */
  readonly externalSecrets: readonly ExternalSecret[];
  /** External Secrets' `SecretStore` and `ClusterSecretStore`, the Vault Secrets Operator's `VaultAuth`. */
  readonly secretStores: readonly SecretStore[];
}

export interface ExternalSecret {
  readonly object: KubernetesObject;
  /** `out`: it writes Secrets of the cluster to a store (a PushSecret). */
  readonly direction: "in" | "out";
  /**
   * Names of the Secrets that it makes or adds to, of what goes out those that it reads: in its own namespace, of a
   * ClusterExternalSecret in those it selects.
   */
  readonly targets: readonly string[];
  /**
   * Of a ClusterExternalSecret: the namespaces that it selects, as its status says, else as its list of them where it has no
   * selectors. Absent: it may be any.
   */
  readonly namespaces?: readonly string[];
  /** Whether it makes them; one that only adds to a Secret needs somebody else to make it. */
  readonly makes: boolean;
  /**
   * What it is read from: `SecretStore/prod`, of a SecretProviderClass its provider, of its state at a pod
   * `SecretProviderClass/prod`, of a Certificate its issuer; none of a SealedSecret.
   */
  readonly store?: string;
  /** It brings what changes in the store; false: it fetches once, or there is no store (a SealedSecret). */
  readonly follows: boolean;
  /** How often it fetches, in seconds; 0: once. Absent: nothing says, or its kind has no such time. */
  readonly refreshSeconds?: number;
  /** Absent: nothing says how it went, as in manifests that were never applied. */
  readonly sync?: SyncState;
  /** RFC 3339: until when what it brought last is valid (a certificate). */
  readonly expires?: string;
  /** `Deployment/web`: what the operator restarts itself after a change. */
  readonly restarts: readonly string[];
}

/** What a controller said of its last attempt, without its message, which may quote what it read. */
export interface SyncState {
  /** Absent: it says neither. */
  readonly ready?: boolean;
  /** `SecretSyncedError`, `InvalidProviderConfig`. */
  readonly reason?: string;
  /** RFC 3339: since when it is so. */
  readonly since?: string;
  /** RFC 3339: when it last brought the values. */
  readonly refreshed?: string;
  /** Of a ClusterExternalSecret: where it did not come about. */
  readonly failedNamespaces: readonly string[];
}

export interface SecretStore {
  readonly object: KubernetesObject;
  /** `aws`, `vault`, of a VaultAuth `vault`. Absent: none is stated. */
  readonly provider?: string;
  /**
   * Secrets that it logs in with; empty: it states none, and is known by its workload's identity, or its controller's. A
   * namespace only where it states one.
   */
  readonly credentials: readonly StoreCredential[];
  readonly sync?: SyncState;
}

export interface StoreCredential {
  readonly name: string;
  readonly namespace?: string;
}
