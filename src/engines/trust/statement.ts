/** In-toto statements, v0.1 and v1 (github.com/in-toto/attestation, spec/v1/statement.md). */
import { type Digest, digestAlgorithm, digestHex } from "../../core/digest.ts";
import { isObject } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import { membersOf, parseJson } from "./json.ts";
import type { SignedContent, StatementSubject } from "./model.ts";
import { refused, shown } from "./refusal.ts";

const TYPES: ReadonlySet<string> = new Set(["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"]);

/** The predicate of a statement that says only that an image is signed (cosign 3). */
export const IMAGE_SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

/** A statement, of which it is not yet known whether anybody signed it. */
export interface ReadStatement {
  readonly predicateType: string;
  readonly subjects: readonly ReadSubject[];
  readonly predicate: unknown;
}

interface ReadSubject extends StatementSubject {
  readonly annotations: Readonly<Record<string, string>>;
}

/** Members that are not known are left alone: all of a statement is signed, and predicates grow. */
export function readStatement(payload: Uint8Array): ReadStatement {
  const members = membersOf(parseJson(payload, "the statement"), "");
  const type = members.text("_type");
  if (!TYPES.has(type)) throw refused("trust.unsupported", `statement of the type ${shown(type)}`);
  const predicateType = members.text("predicateType");
  if (predicateType === "") throw refused("trust.form", "predicateType is empty");
  const subjects = members.objects("subject", bounds.subjects).map((subject) => {
    const name = subject.optionalText("name");
    const digest = textsOf(subject.any("digest") ?? {}, `${subject.path}.digest`);
    const annotations = annotationsOf(subject.any("annotations"));
    return { ...(name === undefined ? {} : { name }), digest, annotations };
  });
  if (subjects.length === 0) throw refused("trust.form", "the statement has no subject");
  return { predicateType, subjects, predicate: members.any("predicate") ?? {} };
}

/**
 * What the statement says of this digest.
 *
 * @throws a refusal where no subject is it: algorithm and value must be the same
 */
export function contentFor(statement: ReadStatement, digest: Digest): SignedContent {
  const algorithm = digestAlgorithm(digest);
  const subjects = statement.subjects.filter(
    (subject) => Object.hasOwn(subject.digest, algorithm) && subject.digest[algorithm] === digestHex(digest),
  );
  const [first] = subjects;
  if (first === undefined) {
    throw refused("trust.subject", `${describeSubjects(statement)}, not ${digest}`);
  }
  if (statement.predicateType === IMAGE_SIGNATURE) {
    return { kind: "image", digest, annotations: first.annotations };
  }
  return {
    kind: "statement",
    predicateType: statement.predicateType,
    subjects: subjects.map(({ annotations: _, ...subject }) => subject),
    predicate: statement.predicate,
  };
}

function describeSubjects({ subjects }: ReadStatement): string {
  const [first] = subjects;
  const [algorithm, value] = Object.entries(first?.digest ?? {})[0] ?? [];
  const named = algorithm === undefined ? "no digest" : shown(`${algorithm}:${value}`);
  return subjects.length === 1 ? `the statement is about ${named}` : `the statement is about ${subjects.length} others`;
}

function textsOf(value: unknown, path: string): Readonly<Record<string, string>> {
  if (!isObject(value)) throw refused("trust.form", `${path} is not an object`);
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== "string") throw refused("trust.form", `${path}.${shown(name)} is not a text`);
  }
  return value as Record<string, string>;
}

/** What a signer wrote beside the digest; what is not a text is shown as JSON. */
export function annotationsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, typeof item === "string" ? item : JSON.stringify(item)]),
  );
}
