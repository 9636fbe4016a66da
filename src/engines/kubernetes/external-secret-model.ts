/** What fills Secrets from outside of the manifests, or encrypted, as facts. */
import type { KubernetesObject } from "./object-model.ts";

export interface SecretSources {
  /**
   * External Secrets' `ExternalSecret` and `ClusterExternalSecret`, the CSI driver's `SecretProviderClass`, the Vault
   * Secrets Operator's `Vault…Secret`, and `SealedSecret`; `object.kind` tells.
   */
  readonly externalSecrets: readonly ExternalSecret[];
}

export interface ExternalSecret {
  readonly object: KubernetesObject;
  /** Names of the Secrets that it makes or adds to: in its own namespace, of a ClusterExternalSecret in those it selects. */
  readonly targets: readonly string[];
  /** What it is read from: `SecretStore/prod`, of a SecretProviderClass its provider; none of a SealedSecret. */
  readonly store?: string;
  /** It brings what changes in the store; false: it fetches once, or there is no store (a SealedSecret). */
  readonly follows: boolean;
}
