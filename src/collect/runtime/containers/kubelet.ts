/** How a node's kubelet is spoken to: an API server's client asks it, for it answers as one. */
import { bearer, type ClusterConnection, readText, serverUrl } from "../../../engines/kubernetes/cluster/connection.ts";

export interface KubeletOptions {
  /** `https://node-1:10250`, or the read-only port of this machine: `http://127.0.0.1:10255`. */
  readonly url: string;
  /** A service account's token, which may be exchanged while it is used. */
  readonly tokenFile?: string;
  /** In PEM: whom its certificate is to be signed by; the system's authorities where absent. */
  readonly authoritiesFile?: string;
}

/** Milliseconds after which a token's file is read again. */
const TOKEN_AGE = 60_000;

/** @throws Problem `kubeconfig.server`, `kubeconfig.unreadable` */
export function kubeletConnection({ url, tokenFile, authoritiesFile }: KubeletOptions): ClusterConnection {
  const server = serverUrl(url, url);
  return {
    name: `kubelet (${server.origin})`,
    server,
    ...(authoritiesFile === undefined ? {} : { authorities: readText(authoritiesFile) }),
    unverified: false,
    impersonation: {},
    identityMilliseconds: TOKEN_AGE,
    identify: async () => (tokenFile === undefined ? {} : { authorization: bearer(readText(tokenFile), tokenFile) }),
  };
}
