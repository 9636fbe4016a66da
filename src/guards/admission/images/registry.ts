/** The asking: what a tag names, and what lies beside a digest. Each is asked once, however many wait for it. */
import { lookUpImage } from "../../../collect/trust/image-trust.ts";
import type { LookUp } from "../../../collect/trust/memory.ts";
import type { Digest } from "../../../core/digest.ts";
import { asProblem, Problem } from "../../../core/problem.ts";
import { formatReference, type ImageReference, registryHost } from "../../../engines/oci/reference.ts";
import { resolveImage } from "../../../engines/oci/referrers/open.ts";
import { createPatience } from "../../../engines/oci/referrers/patience.ts";
import type { Credentials } from "../../../engines/oci/registry/credentials.ts";
import type { RegistryOptions } from "../../../engines/oci/registry/options.ts";
import { PassingProblem } from "../../../engines/oci/registry/retry.ts";
import { mayBeAsked } from "../../../net/link-local.ts";
import { createFlights } from "../../../scan/serving/flights.ts";
import { createLanes } from "../../../scan/serving/lanes.ts";
import { bounds, registryLimits } from "./bounds.ts";

/** How registries are asked, whatever image it is. */
export interface RegistrySettings {
  readonly registry?: Omit<RegistryOptions, "signal" | "permits">;
  /** Registry → where its images are asked for instead: `docker.io` → `mirror.example.com/hub`. */
  readonly mirrors?: ReadonlyMap<string, string>;
  /** Milliseconds since any time, which never goes back. */
  readonly clock: () => number;
  /** Told of each asking. */
  readonly onAsked?: (asked: AskedRegistry) => void;
}

export interface AskedRegistry {
  /** As images name it. */
  readonly registry: string;
  readonly what: "tag" | "signatures";
  /** A problem's code; `ok`. */
  readonly outcome: string;
  readonly milliseconds: number;
}

/** What is done with an answer, once however many wait for it. */
type Keep<From, To> = (found: From | Problem) => To;

export interface Registries {
  /** What a tag names now. Never throws for what a registry answers. */
  resolve<T>(reference: ImageReference, asker: Asker, keep: Keep<Digest, T>): Promise<T>;
  /** What is signed and attested of a digest, not verified. */
  lookUp<T>(reference: ImageReference, asker: Asker, keep: Keep<LookUp, T>): Promise<T>;
  close(): void;
}

export interface Asker {
  /** Tells it apart from others, without a secret. */
  readonly key: string;
  readonly credentials?: Credentials;
}

export function createRegistries({ registry = {}, mirrors, clock, onAsked }: RegistrySettings): Registries {
  const flights = createFlights(bounds.flightMilliseconds, "admission.closed");
  const lanes = createLanes({ ...bounds, code: "admission.overload" });
  const patience = createPatience(silenceOf, clock);
  // What is found is remembered by whoever asks.
  const memory = { patience, lookUp: () => undefined, keep: () => undefined };

  async function ask<From, To>(
    what: AskedRegistry["what"],
    reference: ImageReference,
    asker: Asker,
    keep: Keep<From, To>,
    work: (at: ImageReference, options: RegistryOptions) => Promise<From>,
  ): Promise<To> {
    const name = formatReference(reference);
    return await flights.run(`${what} ${asker.key} ${name}`, async (signal) => {
      const started = clock();
      const at = mirrored(reference, mirrors);
      const own = asker.credentials === undefined || at !== reference ? {} : { credentials: asker.credentials };
      const options = {
        ...registry,
        limits: { ...registryLimits, ...registry.limits },
        permits: mayBeAsked,
        ...own,
        signal,
      };
      let outcome = "ok";
      try {
        return keep(await lanes.run(registryHost(at), signal, () => work(at, options)));
      } catch (error) {
        const problem = asProblem(error, name);
        if (!(problem instanceof Problem)) throw problem;
        outcome = problem.code;
        return keep(problem);
      } finally {
        onAsked?.({ registry: reference.domain, what, outcome, milliseconds: clock() - started });
      }
    });
  }

  return {
    resolve: (reference, asker, keep) =>
      ask("tag", reference, asker, keep, async (at, options) => {
        const find = () => resolveImage(`registry:${formatReference(at)}`, options);
        const { repository, root } = await patience.ask(registryHost(at), find);
        await repository.close();
        return root.digest;
      }),
    lookUp: (reference, asker, keep) =>
      ask("signatures", reference, asker, keep, async (at, options) => {
        const { lookUp } = await lookUpImage(`registry:${formatReference(at)}`, memory, options);
        return lookUp;
      }),
    close: () => flights.close(),
  };
}

/** The registry's own word, or longer with each failure. */
function silenceOf(failures: number, { cause }: Problem): number {
  const wait = cause instanceof PassingProblem ? cause.waitMilliseconds : undefined;
  const own = Math.min(bounds.backoffMilliseconds * 2 ** Math.min(failures - 1, 20), bounds.backoffMost);
  return Math.max(own, Math.min(wait ?? 0, bounds.retryAfterMost));
}

/** What pods pull with is for the registry that they name, and no mirror is shown it. */
function mirrored(reference: ImageReference, mirrors: RegistrySettings["mirrors"]): ImageReference {
  const mirror = mirrors?.get(reference.domain);
  if (mirror === undefined) return reference;
  const [domain = "", ...folders] = mirror.split("/");
  return { ...reference, domain, path: [...folders, reference.path].join("/") };
}
