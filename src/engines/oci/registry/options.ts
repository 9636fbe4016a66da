/** How a registry is asked, by what reads it and what writes to it. */
import type { HttpAnswer } from "../../../net/client.ts";
import type { Permits } from "../../../net/permitted.ts";
import type { Clock } from "../../../net/retry.ts";
import type { Credentials, Environment } from "./credentials.ts";
import type { RegistryLimits } from "./limits.ts";

export interface RegistryOptions {
  /** Instead of those that docker's and podman's files have for the repository. */
  readonly credentials?: Credentials;
  /** True: it is asked without any, whatever such files have. */
  readonly anonymous?: boolean;
  /** Where DOCKER_CONFIG, REGISTRY_AUTH_FILE, HOME, HTTPS_PROXY and the like are looked up; default process.env. */
  readonly environment?: Environment;
  /** A PEM file of certificate authorities that count beside the system's. */
  readonly caFile?: string;
  /** The registry's certificate is not verified. That of other hosts (token service, redirects) still is. */
  readonly insecure?: boolean;
  /** The registry is spoken to by http. Loopback registries are where they do not speak TLS, without being told. */
  readonly plainHttp?: boolean;
  /** Asked for each address before it is connected to; for names that come from others. Absent: any. */
  readonly permits?: Permits;
  /** Told of every answer of the registry itself, also of those that refuse: they may say how often it is to be asked. */
  readonly onAnswer?: (answer: Pick<HttpAnswer, "status" | "headers">) => void;
  /** Ends whatever is under way; its reason is what is then thrown. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<RegistryLimits>;
  readonly clock?: Clock;
}
