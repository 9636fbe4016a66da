import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { allowedBy, wholeName } from "./dockerfile/registries.ts";
import { imagesUsed } from "./dockerfile/stages.ts";

/** Images without a registry where the policy names others than Docker Hub (OCI has no default registry; Docker has). */
export const implicitRegistry = dockerfileCheck({
  name: "implicit-registry",
  title: "Image names without a registry",
  severity: "high",
  withoutControl: "where images may come from is the policy's own list, which none of the ten asks for",
  documentation: {
    what: "Checks images that are named without a registry, where `registries` of the policy does not allow them from Docker Hub. A policy without `registries` allows all.",
    why: "Docker takes such a name from Docker Hub, and Podman from the first of its list that has it. A private image of that name is not what is pulled: anyone who registers the name in public is.",
    fix: "Write the registry before the name: `FROM registry.example.com/team/base:1`.",
    references: [
      "https://docs.docker.com/reference/cli/docker/image/tag/",
      "https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile, registries }) {
    if (registries.length === 0) return;
    const allowed = allowedBy(registries);
    for (const { name, written, by, range, stage } of imagesUsed(dockerfile)) {
      if (name.registry !== undefined || allowed(wholeName(name))) continue;
      yield {
        subject: `${by} ${written}`,
        title: `${written} has no registry and defaults to Docker Hub, which the policy does not allow`,
        range,
        stage,
        fix: "prefix the image with an allowed registry",
      };
    }
  },
});
