/** Provenance and verification summaries as their specifications have them (slsa.dev/spec: provenance v0.2 and v1, VSA v0.2 and v1). */
import { greatest } from "../../../core/extremes.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { Statement } from "../model.ts";
import { listIn, objectIn, quoted, textIn, timeIn } from "../predicates/fields.ts";
import { type BuildDefinition, buildTypeOf, unknownParameters } from "./build-types.ts";
import type { Dependency, Provenance, VerificationSummary } from "./model.ts";

/** Why a predicate cannot be read: one phrase. */
export interface Unreadable {
  readonly fault: string;
}

const V1 = "https://slsa.dev/provenance/v1";
const V02 = "https://slsa.dev/provenance/v0.2";

export function isProvenance({ predicateType }: Pick<Statement, "predicateType">): boolean {
  return predicateType.startsWith("https://slsa.dev/provenance/");
}

/** Minor versions of v1 have one type: `https://slsa.dev/provenance/v1`. */
export function readProvenance({ predicateType, predicate }: Statement): Provenance | Unreadable {
  if (predicateType === V1) return readV1(predicate);
  if (predicateType === V02) return readV02(predicate);
  return { fault: `${quoted(predicateType)} is no version of SLSA provenance that is read: v0.2, v1` };
}

function readV1(predicate: unknown): Provenance | Unreadable {
  if (!isObject(predicate)) return { fault: "the predicate is no object" };
  const build = objectIn(predicate, "buildDefinition");
  const run = objectIn(predicate, "runDetails");
  const builder = textIn(objectIn(run, "builder"), "id");
  const buildType = textIn(build, "buildType");
  if (builder === undefined) return { fault: "runDetails.builder.id is missing" };
  if (buildType === undefined) return { fault: "buildDefinition.buildType is missing" };
  if (!isObject(build.externalParameters)) return { fault: "buildDefinition.externalParameters is missing" };
  const metadata = objectIn(run, "metadata");
  const listed = listIn(build, "resolvedDependencies") ?? [];
  const definition = {
    external: build.externalParameters,
    internal: objectIn(build, "internalParameters"),
    dependencies: dependenciesOf(listed),
  };
  return {
    form: "slsa-v1",
    builder,
    buildType,
    ...said(buildType, definition),
    ...times(metadata, "startedOn", "finishedOn"),
    ...present("run", textIn(metadata, "invocationId")),
    dependencies: definition.dependencies,
    dependencyCount: listed.length,
  };
}

function readV02(predicate: unknown): Provenance | Unreadable {
  if (!isObject(predicate)) return { fault: "the predicate is no object" };
  const builder = textIn(objectIn(predicate, "builder"), "id");
  const buildType = textIn(predicate, "buildType");
  if (builder === undefined) return { fault: "builder.id is missing" };
  if (buildType === undefined) return { fault: "buildType is missing" };
  const invocation = objectIn(predicate, "invocation");
  const metadata = objectIn(predicate, "metadata");
  const listed = listIn(predicate, "materials") ?? [];
  const { environment: _, ...external } = invocation;
  const definition = {
    external,
    internal: objectIn(invocation, "environment"),
    dependencies: dependenciesOf(listed),
  };
  return {
    form: "slsa-v0.2",
    builder,
    buildType,
    ...said(buildType, definition),
    ...times(metadata, "buildStartedOn", "buildFinishedOn"),
    ...present("run", textIn(metadata, "buildInvocationID") ?? textIn(metadata, "buildInvocationId")),
    dependencies: definition.dependencies,
    dependencyCount: listed.length,
  };
}

function said(
  uri: string,
  definition: BuildDefinition,
): Pick<Provenance, "isKnown" | "unknownParameters" | "source" | "trigger" | "runner"> {
  const type = buildTypeOf(uri);
  if (type === undefined) return { isKnown: false, unknownParameters: [], source: {} };
  return {
    isKnown: true,
    unknownParameters: unknownParameters(type, definition.external),
    source: type.source(definition),
    ...present("trigger", type.trigger?.(definition)),
    ...present("runner", type.runner?.(definition)),
  };
}

function dependenciesOf(listed: readonly unknown[]): Dependency[] {
  return listed.slice(0, bounds.dependencies).map((one) => {
    const digest = Object.entries(objectIn(one, "digest")).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return { ...present("uri", textIn(one, "uri")), digest: Object.fromEntries(digest) };
  });
}

function times(metadata: unknown, started: string, finished: string): Pick<Provenance, "startedAt" | "finishedAt"> {
  return { ...present("startedAt", timeIn(metadata, started)), ...present("finishedAt", timeIn(metadata, finished)) };
}

function present<Name extends string>(name: Name, value: string | undefined): { [Key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: string };
}

const SUMMARY_V1 = "https://slsa.dev/verification_summary/v1";
const SUMMARY_V02 = "https://slsa.dev/verification_summary/v0.2";

export function isSummary({ predicateType }: Pick<Statement, "predicateType">): boolean {
  return predicateType.startsWith("https://slsa.dev/verification_summary/");
}

export function readSummary({ predicateType, predicate }: Statement): VerificationSummary | Unreadable {
  if (!isObject(predicate)) return { fault: "the predicate is no object" };
  const verifier = textIn(objectIn(predicate, "verifier"), "id");
  if (verifier === undefined) return { fault: "verifier.id is missing" };
  if (predicateType === SUMMARY_V1) {
    const result = textIn(predicate, "verificationResult");
    const levels = listIn(predicate, "verifiedLevels") ?? [];
    return {
      verifier,
      ...present("resource", textIn(predicate, "resourceUri")),
      passed: result === "PASSED",
      buildLevel: highest(levels.map((level) => /^SLSA_BUILD_LEVEL_([0-3])$/.exec(String(level))?.[1])),
      ...present("verifiedAt", timeIn(predicate, "timeVerified")),
    };
  }
  if (predicateType === SUMMARY_V02) {
    return {
      verifier,
      ...present("resource", textIn(predicate, "resource_uri")),
      passed: textIn(predicate, "verification_result") === "PASSED",
      buildLevel: highest([/^SLSA_LEVEL_([0-3])$/.exec(textIn(predicate, "policy_level") ?? "")?.[1]]),
      ...present("verifiedAt", timeIn(predicate, "time_verified")),
    };
  }
  return { fault: `${quoted(predicateType)} is no version of a verification summary that is read: v0.2, v1` };
}

function highest(levels: readonly (string | undefined)[]): 0 | 1 | 2 | 3 {
  return greatest(
    levels.map((level) => Number(level ?? 0)),
    0,
  ) as 0 | 1 | 2 | 3;
}
