import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Docker's own frontend, also from a mirror of Docker Hub, by a version that it keeps its promises for. */
const DOCKERS = /^(?:[\w.:-]+\/)*docker\/dockerfile(?:-upstream)?:\d/;

/** Frontends that whoever owns them may change (Dockerfile reference, `syntax`). */
export const unpinnedFrontend = dockerfileCheck({
  name: "unpinned-frontend",
  title: "Unpinned Dockerfile frontend",
  severity: "medium",
  documentation: {
    what: "Checks `# syntax=`. Reported: Docker's frontend without a version or by `latest` or `master`, and any other frontend without a digest. Not reported: `docker/dockerfile:1`.",
    why: "The frontend is an image that reads the Dockerfile and decides what the build does, with its secrets at hand. Anyone who pushes another one under that tag decides it instead.",
    fix: "Write `# syntax=docker/dockerfile:1`, and a digest behind frontends of others.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#syntax",
      "https://docs.docker.com/build/buildkit/frontend/",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { name, value, range } of dockerfile.directives) {
      if (name !== "syntax" || /@sha256:[0-9a-f]{64}$/.test(value) || DOCKERS.test(value)) continue;
      // The builder's own frontend may be asked for by arguments that are none of an image.
      if (!/^[\w.:/-]+(?:@\S*)?$/.test(value)) continue;
      yield {
        subject: `syntax ${value}`,
        title: `Dockerfile frontend ${value} is not pinned`,
        range,
        fix: "use docker/dockerfile:1, or pin another frontend by digest",
      };
    }
  },
});
