/**
 * What registries say of packages: asked once each, some at a time, within one deadline, from the cache where that answers. What a
 * registry says is never thrown: what cannot be had is a gap.
 */
import { absent, type Evidence, type Gap, gapOf, present } from "../../core/evidence.ts";
import { isEvidenceProblem, type Problem } from "../../core/problem.ts";
import type { PackageOrigin, PackageType } from "../../engines/contents/model.ts";
import {
  type FetchedArchive,
  isFrom,
  isPublic,
  type LockedDependency,
  type PackageMetadata,
} from "../../engines/packages/model.ts";
import type { RegistryKey } from "../../engines/packages/provenance/npm-keys.ts";
import { createRegistryClient, type RegistryClientOptions } from "../../engines/packages/registry/client.ts";
import { metadataOf, type RegistryDocument } from "../../engines/packages/registry/document.ts";
import { registryName, versionIn } from "../../engines/packages/registry/match.ts";
import type { TrustMaterial } from "../../engines/trust/model.ts";
import { carriedRoot } from "../../engines/trust/roots/carried/carried.ts";
import { isPublicAddress } from "../../engines/updates/public-address.ts";
import { archiveFor, fetchArchive } from "./archive.ts";
import { createAsker, createSlots, type Told } from "./ask.ts";
import { bounds } from "./bounds.ts";
import type { MetadataCache } from "./cache.ts";
import { documentsOf } from "./documents.ts";
import { type ChosenRegistry, type RegistryChoice, registryOf } from "./registry-of.ts";
import { authorizationFor } from "./settings.ts";

export interface RegistryOptions extends RegistryChoice {
  /** True: nobody is asked, the cache alone answers. */
  readonly offline: boolean;
  readonly now: Date;
  readonly cache?: MetadataCache;
  /** The Sigstore instances whose provenance counts; the public one where absent. */
  readonly trust?: TrustMaterial;
  /** Keys of npm's registry, instead of those that the program carries. */
  readonly npmKeys?: readonly RegistryKey[];
  readonly client?: Omit<RegistryClientOptions, "permits">;
  readonly signal?: AbortSignal;
  /** Called with each package before it is asked about. */
  readonly onAsk?: (name: string) => void;
}

export interface NamedVersion {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly fetchedFrom?: PackageOrigin;
}

export interface PackageRegistries {
  metadata(of: NamedVersion): Promise<Evidence<PackageMetadata>>;
  /** The archive that the registry names for a version, hashed; its bytes are an attacker's. */
  archive(of: LockedDependency, metadata: Evidence<PackageMetadata>): Promise<Evidence<FetchedArchive>>;
  close(): void;
}

export function openRegistries(options: RegistryOptions): PackageRegistries {
  const { offline, now, cache, settings, client: clientOptions = {}, onAsk } = options;
  const client = offline ? undefined : createRegistryClient(clientOptions);
  // URLs that lead away from the registry that the user named: never into the user's own network.
  const outward = offline ? undefined : createRegistryClient({ ...clientOptions, permits: isPublicAddress });
  const deadline = AbortSignal.timeout(bounds.runMilliseconds);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  const asker = createAsker({
    ...(client === undefined ? {} : { client }),
    ...(cache === undefined ? {} : { cache }),
    now,
    signal,
  });
  const root = carriedRoot("public-good");
  const material: TrustMaterial = options.trust ?? {
    roots: [{ name: root.name, document: root.document, asOf: root.asOf }],
    authorities: [],
    keys: [],
  };
  const known = new Map<string, Promise<Evidence<PackageMetadata>>>();
  const slots = createSlots(bounds.archives);

  async function asked(of: NamedVersion): Promise<Evidence<PackageMetadata>> {
    const { type, name, version } = of;
    const registry = registryOf(of, options);
    if ("code" in registry) return absent(registry);
    const ask = documentsOf(type);
    if (ask === undefined) {
      return absent({
        code: "packages.unsupported",
        reason: `the registry of ${type} packages is not read`,
        concerns: type,
      });
    }
    const authorization = authorizes(registry);
    let told: Told<RegistryDocument> | undefined;
    try {
      onAsk?.(name);
      told = await ask({ asker, registry, name, version, authorizationFor: authorization });
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      return absent(registryGap(error, type));
    }
    if (told === undefined) return absent(notFound(registry));
    const { content: document, checkedAt } = told;
    // A registry that answers with another package's document is no witness of this one.
    if (registryName(type, document.name) !== registryName(type, name)) {
      const reason = `${new URL(registry.base).host} answers with another package, ${document.name.slice(0, 200)}`;
      return absent({ code: "packages.answer", reason, concerns: type });
    }
    const key = versionIn(document, version);
    const entry = key === undefined ? undefined : document.versions[key];
    const metadata = key === undefined ? undefined : metadataOf(document, key);
    if (key === undefined || entry === undefined || metadata === undefined) {
      return absent(noVersion(registry, document));
    }
    const request = {
      ...{ asker, registry, document, version: key, entry, authorizationFor: authorization, material, now },
      ...(options.npmKeys === undefined ? {} : { npmKeys: options.npmKeys }),
    };
    // The verifier is loaded with the first answer.
    const { provenanceOf, signatureOf } = await import("./provenance.ts");
    const [provenance, signature] = await Promise.all([provenanceOf(request), signatureOf(request)]);
    const facts = { ...metadata, name, version, provenance, ...(signature === undefined ? {} : { signature }) };
    const validUntil = new Date(checkedAt.getTime() + bounds.standingHours * 60 * 60 * 1000).toISOString();
    return present(facts, checkedAt.toISOString(), { validUntil, renewal: "run without --offline" });
  }

  function authorizes(registry: ChosenRegistry): (url: URL) => string | undefined {
    return (url) => authorizationFor(url, registry.base, settings);
  }

  return {
    metadata(of) {
      const key = JSON.stringify([of.type, of.name, of.version, of.fetchedFrom?.kind, originOf(of.fetchedFrom)]);
      const begun = known.get(key) ?? asked(of);
      known.set(key, begun);
      return begun;
    },
    async archive(of, metadata) {
      if (metadata.state === "absent") return absent(...metadata.gaps);
      const published = archiveFor(of, metadata.facts);
      if (published === undefined) {
        const reason = "the registry names no archive with its hash";
        return absent({ code: "packages.not-served", reason, concerns: "archive" });
      }
      const registry = registryOf(of, options);
      if ("code" in registry) return absent(registry);
      const url = new URL(published.url);
      const isNear = url.origin === new URL(registry.base).origin;
      const isNamed = isNear || isPublic(of.type, url) || options.allowed?.some((entry) => isFrom(entry, url)) === true;
      const own = isNamed ? client : outward;
      const authorization = authorizationFor(url, registry.base, settings);
      return await slots.run(() =>
        fetchArchive(of, published, {
          ...(own === undefined ? {} : { client: own }),
          ...(authorization === undefined ? {} : { authorization }),
          signal,
          now,
        }),
      );
    },
    close() {
      client?.close();
      outward?.close();
    },
  };
}

/** Of many packages one and the same, so that they are told as one: the registry, and what it is about. */
function registryGap(error: Problem, type: PackageType): Gap {
  const host = URL.parse(error.place)?.host;
  const gap = gapOf(error);
  return { ...gap, ...(host === undefined ? {} : { reason: `${host}: ${error.message}` }), concerns: type };
}

function originOf(from: PackageOrigin | undefined): string | undefined {
  return from === undefined ? undefined : (URL.parse(from.url)?.host ?? from.url);
}

function notFound({ base, by }: ChosenRegistry) {
  const where = by === "default" ? "the public registry" : new URL(base).host;
  return {
    code: "packages.not-found",
    reason: `${where} has no such package: it was never published there, or was taken down`,
    // A mirror that lacks a package says nothing of the public registry.
    concerns: by === "default" || by === "override" ? "name" : "registry",
  };
}

function noVersion({ base }: ChosenRegistry, { allVersions }: RegistryDocument) {
  const why = allVersions ? "it was never published there, or was taken down" : "it was withdrawn, or never published";
  return {
    code: "packages.not-found",
    reason: `${new URL(base).host} has no such version: ${why}`,
    concerns: "version",
  };
}
