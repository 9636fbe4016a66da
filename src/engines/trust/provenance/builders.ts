/**
 * Which builders a signer of provenance may speak for, and up to which SLSA build level: those that are known, as their
 * publishers document them. A policy adds its own.
 */
import { compileIdentity } from "../identity.ts";
import type { CertificateClaims, Signer } from "../model.ts";
import type { SlsaLevel } from "../rules-model.ts";

export interface BuilderTrust {
  /** What it is called in messages. */
  readonly name: string;
  /** Whether this signer may speak for builders of this row at all. */
  signs(signer: Signer): boolean;
  /** Whether it may speak for this one. */
  speaksFor(builder: string, signer: Signer): boolean;
  /** The highest level that it may claim. */
  level(claims: CertificateClaims): SlsaLevel;
  /**
   * Anybody may be such a signer. `always`: its identity says nothing of the source, so a rule must. `unless-named`: a rule
   * that names the signer has said whose build it is.
   */
  readonly needsSource: "always" | "unless-named" | "never";
}

const GITHUB = "https://token.actions.githubusercontent.com";
const GITLAB = "https://gitlab.com";
const GENERATOR = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows";

/** A release, as the generator's own documentation demands it: a branch of it is nobody's builder. */
const RELEASE = /@refs\/tags\/v\d+\.\d+\.\d+$/;

/** The most particular first: a signer belongs to the first row that it fits. */
export const knownBuilders: readonly BuilderTrust[] = [
  {
    name: "slsa-github-generator",
    signs: workflowsOf(/\/(?:generator_generic|generator_container|builder_go|builder_container-based)_slsa3\.yml@/),
    speaksFor: isItself,
    level: ({ runner }) => (runner === "self-hosted" ? 1 : 3),
    needsSource: "always",
  },
  {
    // Delegated builders: the delegator signs for the workflow that called it.
    name: "slsa-github-generator (delegated)",
    signs: workflowsOf(/\/delegator_(?:generic|lowperms-generic)_slsa3\.yml@/),
    speaksFor: (builder) => /\/builder_[a-z-]+_slsa3\.yml@/.test(builder) && isGenerators(builder),
    level: ({ runner }) => (runner === "self-hosted" ? 1 : 3),
    needsSource: "always",
  },
  {
    // A workflow that attests its own build can be changed by it: level 2 (slsa.dev/spec/v1.1/levels, Build L3).
    name: "GitHub Actions",
    signs: (signer) => isIdentity(signer, GITHUB) && signer.identity.startsWith("https://github.com/"),
    speaksFor(builder, signer) {
      if (isItself(builder, signer)) return true;
      // npm's and GitHub's earlier ids name the runner, whichever workflow it was.
      const runner = signer.kind === "identity" ? signer.claims.runner : undefined;
      if (runner === "github-hosted" && builder === "https://github.com/actions/runner") return true;
      return runner !== undefined && builder === `https://github.com/actions/runner/${runner}`;
    },
    level: ({ runner }) => (runner === "github-hosted" ? 2 : 1),
    needsSource: "unless-named",
  },
  {
    name: "GitLab CI",
    signs: (signer) => isIdentity(signer, GITLAB) && signer.identity.startsWith("https://gitlab.com/"),
    speaksFor(builder, signer) {
      if (isItself(builder, signer)) return true;
      // GitLab's runner names itself, of the project.
      const project = signer.kind === "identity" ? signer.claims.sourceRepository : undefined;
      if (project === undefined || !builder.startsWith(`${project}/-/runners/`)) return false;
      return /^\d+$/.test(builder.slice(`${project}/-/runners/`.length));
    },
    level: ({ runner }) => (runner === "gitlab-hosted" ? 2 : 1),
    needsSource: "unless-named",
  },
];

/** The certificate's build signer is the builder, and its identity too. */
function isItself(builder: string, signer: Signer): boolean {
  if (signer.kind !== "identity" || builder !== signer.identity) return false;
  const { buildSignerUri } = signer.claims;
  return buildSignerUri === undefined || buildSignerUri === builder;
}

function isIdentity(signer: Signer, issuer: string): signer is Signer & { readonly kind: "identity" } {
  return signer.kind === "identity" && signer.issuer === issuer;
}

function workflowsOf(file: RegExp): (signer: Signer) => boolean {
  return (signer) => isIdentity(signer, GITHUB) && isGenerators(signer.identity) && file.test(signer.identity);
}

const isOfGenerator = compileIdentity(`${GENERATOR}/*@refs/tags/*`);

function isGenerators(identity: string): boolean {
  return isOfGenerator(identity) && RELEASE.test(identity);
}
