/** Forms of what a policy file says of upstream registries: for its schema, and for what reads it. */
import type { Form, TextForm } from "../../../core/setting.ts";
import { cooldownStarts, offlineActions } from "./upstream-model.ts";

const PART = "[a-z0-9]+(?:(?:\\.|__|_|-+)[a-z0-9]+)*";
const HOST = "[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?";
const NAMESPACE = new RegExp(`^${PART}(?:/${PART}){0,3}$`);
const REGISTRY = new RegExp(`^${HOST}(?:/${PART})*$`);
const GUARD_HOST = new RegExp(`^${HOST}$`);

const namespace: TextForm = {
  says: "a namespace, which repositories begin with: hub, mirror/quay",
  is: (text) => text.length <= 100 && NAMESPACE.test(text),
};

/** A host needs a dot, a port or to be localhost, as in image references: else it would be read as a folder of Docker Hub. */
const registry: TextForm = {
  says: "a registry, with folders where only those are meant: docker.io, registry.example.com:5000/team",
  is: (text) => text.length <= 200 && REGISTRY.test(text) && /^(?:[^/]*[.:]|localhost(?:\/|$))/.test(text),
};

const repository: TextForm = {
  says: "a repository of the upstream, or a pattern over them: library/nginx, bitnami/**",
  is: (text) => text.length <= 255 && /^[a-z0-9*?][a-z0-9._*?-]*(?:\/[a-z0-9*?][a-z0-9._*?-]*)*$/.test(text),
};

const text = (says: string, is: (text: string) => boolean): Form => ({ kind: "text", each: { says, is } });

const signerName = text("a name of trust.signers: release", (one) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(one));

export const upstreamsForm: Form = {
  kind: "named",
  name: namespace,
  of: {
    kind: "mapping",
    fields: {
      registry: {
        form: { kind: "text", each: registry },
        description: "The registry that the namespace stands for: docker.io, ghcr.io, registry.example.com:5000/team.",
        required: true,
      },
      credentials: {
        form: text("a name, not the credentials: hub", (one) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(one)),
        description:
          "Name of the credentials that it is asked with; a file of that name in --upstream-credentials. Default: none, and it is asked anonymously.",
      },
      allow: {
        form: { kind: "list", of: { kind: "text", each: repository }, atLeast: 1 },
        description: "Repositories of the upstream that are served, or patterns over them: library/*. Default: all.",
      },
      signedBy: {
        form: {
          kind: "mapping",
          fields: {
            of: {
              form: { kind: "list", of: signerName, atLeast: 1 },
              description: "Names of signers.",
              required: true,
            },
            atLeast: {
              form: { kind: "number", from: 1, to: 100 },
              description: "How many of them. Default: 1.",
            },
          },
          rules: [
            {
              fault: "asks for more signers than it names",
              allowed: "atLeast, up to the number of names",
              holds: ({ of, atLeast }) =>
                typeof atLeast !== "number" || (Array.isArray(of) && atLeast <= new Set(of).size),
            },
          ],
        },
        description:
          "Signers of trust.signers, who must have signed what is fetched. Rules of trust.images for the upstream's own names (docker.io/library/*) apply beside it.",
      },
      cooldownDays: {
        form: { kind: "number", from: 0, to: 365 },
        description: "Days that an image is held back, while what its tag named before is served on. Default: 0.",
      },
      cooldownFrom: {
        form: { kind: "choice", of: cooldownStarts },
        description:
          "From when they count: seen (the first time that it was asked for here) or created (the image's own date, which its author may have dated back). Default: seen.",
      },
      refreshMinutes: {
        form: { kind: "number", from: 0, to: 10_080 },
        description: "Minutes until the upstream is asked again what a tag names. Default: 10.",
      },
      offline: {
        form: { kind: "choice", of: offlineActions },
        description:
          "What is done with what was fetched before, while the upstream cannot be asked: serve or refuse. What a digest names is served in any case. Default: serve.",
      },
      platforms: {
        form: {
          kind: "list",
          of: text("a platform: linux/amd64", (one) => /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/.test(one)),
          atLeast: 1,
        },
        description:
          "Platforms that are fetched of an index, where the engine takes one without the rest: [linux/amd64]. Default: all.",
      },
      hosts: {
        form: {
          kind: "list",
          of: text("a host name, with its port where clients name one: hub.registry.example.com", (one) =>
            GUARD_HOST.test(one),
          ),
          atLeast: 1,
        },
        description:
          "Host names of the guard by which clients mean this upstream, as docker's registry-mirrors need one: hub.registry.example.com. Default: none.",
      },
    },
  },
};
