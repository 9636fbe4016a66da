import { dockerfileCheck } from "../build/dockerfile/lint-check.ts";
import { wholeName } from "../build/dockerfile/registries.ts";
import { imagesUsed } from "../build/dockerfile/stages.ts";
import { clip } from "../findings/one-line.ts";
import { publicRegistry } from "../knowledge/public-registries.ts";

/** Base images straight out of a registry in which anyone may publish. */
export const publicBase = dockerfileCheck({
  name: "public-base",
  layer: "registry",
  title: "Base images from public registries",
  severity: "low",
  documentation: {
    what: "Checks every image that `FROM`, `COPY --from` and `RUN --mount=from=` name, as the Dockerfile states it. Docker Hub is where a name without a registry leads. Not reported: `scratch`, stages of the same file, and where the policy states `registries`, which `build/registry-not-allowed` and `build/implicit-registry` check.",
    why: "A build takes what the public registry answers at that moment: a new version without a scan, a limit that fails the build, or an account that was stolen.",
    fix: "Build from your own registry, which takes the image from the public one once it is verified, old enough and scanned (`registry.upstreams` of the registry guard), and list that one in `registries`.",
    references: ["https://docs.docker.com/reference/dockerfile/#from"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile, registries }) {
    if (registries.length > 0) return;
    for (const { name, written, by, range, stage } of imagesUsed(dockerfile)) {
      const called = publicRegistry(name.registry ?? "docker.io");
      if (called === undefined) continue;
      yield {
        subject: `${by} ${wholeName(name)}`,
        title:
          name.registry === undefined
            ? `${clip(written)} has no registry and defaults to Docker Hub`
            : `${clip(written)} is pulled from ${called}`,
        range,
        stage,
        fix: "build from your own registry, and state registries in the policy",
      };
    }
  },
});
