/** What a command does to an image: by its program and its words, as each tool's own manual has them. */
import { lookedUp, NO_SCANNER_SETTINGS, namedFile, type ScannerSettings } from "../scanner-settings.ts";
import { scannerRunOf, TRIVY_SETTINGS } from "../scanners.ts";
import type { StepRole } from "./model.ts";
import { hasFlag, operandsOf, optionOf } from "./words.ts";

export interface Act {
  readonly role: StepRole;
  readonly tool: string;
  /** The word that names the image. */
  readonly image?: string;
  readonly ignored?: string;
  readonly file?: string;
  readonly cacheFrom?: string;
  readonly fresh?: boolean;
  /** Of a search for secrets: it goes through the history of a checkout. */
  readonly history?: boolean;
}

/** @param words - behind the program */
export function actsOf(program: string, words: readonly string[], settings: ScannerSettings): readonly Act[] {
  const known = Object.hasOwn(PROGRAMS, program) ? PROGRAMS[program] : undefined;
  return known?.(words, settings) ?? [];
}

/** @param settings - of scanners, where the command runs */
type Reader = (words: readonly string[], settings: ScannerSettings) => readonly Act[];

/** Options of builders that take a word of their own: what follows is no operand. */
const BUILD_VALUES = new Set(
  (
    "-t --tag -f --file --build-arg --cache-from --cache-to --platform --target --output -o --secret --ssh --label --builder " +
    "--iidfile --metadata-file --network --progress --build-context --annotation --attest --format --authfile --jobs"
  ).split(" "),
);
const SIGN_VALUES = new Set(
  (
    "--key -k --cert --certificate --certificate-chain --certificate-identity --certificate-identity-regexp --identity --issuer " +
    "--certificate-oidc-issuer --certificate-oidc-issuer-regexp --annotations -a --type --predicate --policy --output -o --id " +
    "--signature --payload --rekor-url --fulcio-url --oidc-issuer --identity-token --registry-referrers-mode --trusted-root " +
    "--source-uri --source-tag --source-branch --builder-id --provenance-path --attachment -m --plugin --signature-format " +
    "--timestamp-url --repo -R --owner --predicate-type --signer-workflow --bundle -b --cert-identity --user-metadata"
  ).split(" "),
);
const SCAN_VALUES = new Set(
  (
    "--severity -s --exit-code --format -f --output -o --scanners --vuln-type --pkg-types --ignorefile --cache-dir --timeout " +
    "--template -t --config -c --fail-on --only-severity --policy --db --platform --db-repository --file --input --severity-threshold"
  ).split(" "),
);

function build(tool: string, words: readonly string[]): Act[] {
  const image = optionOf(words, "-t", "--tag");
  const cacheFrom = optionOf(words, "--cache-from");
  const about = image === undefined ? {} : { image };
  const output = optionOf(words, "--output", "-o") ?? "";
  const isPushed = hasFlag(words, "--push") || /push=true|type=registry/.test(output);
  const attests = words.some((word, at) => /^--attest(?:=|$)/.test(word) && /sbom/.test(`${word}${words[at + 1]}`));
  const provenance =
    (hasFlag(words, "--provenance") && optionOf(words, "--provenance") !== "false") ||
    words.some((word, at) => /^--attest(?:=|$)/.test(word) && /provenance/.test(`${word}${words[at + 1]}`));
  const sbom = hasFlag(words, "--sbom") && optionOf(words, "--sbom") !== "false";
  return [
    {
      role: "build",
      tool,
      ...about,
      ...(cacheFrom === undefined ? {} : { cacheFrom }),
      fresh: hasFlag(words, "--pull", "--no-cache", "--pull-always"),
    },
    ...(isPushed ? [{ role: "push" as const, tool, ...about }] : []),
    ...(provenance && isPushed ? [{ role: "provenance" as const, tool, ...about }] : []),
    // What the builder attaches goes where the image goes.
    ...(sbom || attests
      ? [
          { role: "sbom" as const, tool },
          { role: "sbom-use" as const, tool },
        ]
      : []),
  ];
}

const engine =
  (tool: string): Reader =>
  (words) => {
    const [first = "", second = "", ...more] = words;
    if (first === "build" || first === "bud") return build(`${tool} build`, words.slice(1));
    if (first === "buildx" && (second === "build" || second === "b")) return build("docker buildx", more);
    if (first === "buildx" && second === "bake") return build("docker buildx bake", more);
    if (first === "buildx" && second === "imagetools")
      return push("docker buildx imagetools", optionOf(more, "-t", "--tag"));
    if (first === "image" && second === "build") return build(`${tool} build`, more);
    if (first === "compose" && words.includes("build")) return build("docker compose", words);
    const pushes = first === "push" ? words.slice(1) : first === "image" && second === "push" ? more : undefined;
    if (pushes !== undefined) {
      const own = operandsOf(pushes, BUILD_VALUES);
      return [
        ...push(`${tool} push`, own[0]),
        ...(hasFlag(pushes, "--sign-by", "--sign-by-sigstore")
          ? [{ role: "sign" as const, tool, ...named(own[0]) }]
          : []),
      ];
    }
    if (first === "trust" && second === "sign") return [{ role: "sign", tool: "docker trust", ...named(more[0]) }];
    if (first === "sbom") return [{ role: "sbom", tool: "docker sbom", ...written(words) }];
    if (first === "scout" && second === "sbom") return [{ role: "sbom", tool: "docker scout", ...written(more) }];
    if (first === "scout" && second === "cves")
      return [scan("docker scout", operandsOf(more, SCAN_VALUES)[0], ["docker", ...words])];
    if (first === "stack" && second === "deploy") return [deploy("docker stack")];
    return [];
  };

function push(tool: string, image: string | undefined): Act[] {
  return [{ role: "push", tool, ...named(image) }];
}

function named(image: string | undefined): { image?: string } {
  return image === undefined || image === "" ? {} : { image };
}

function deploy(tool: string, image?: string): Act {
  return { role: "deploy", tool, ...named(image) };
}

/** @param command - all of its words, the program first: they say whether findings fail it */
function scan(
  tool: string,
  image: string | undefined,
  command: readonly string[],
  settings = NO_SCANNER_SETTINGS,
): Act {
  return { role: "scan", tool, ...named(image), ...ignoredIn(command, settings) };
}

function ignoredIn(words: readonly string[], settings: ScannerSettings): { ignored?: string } {
  const ignored = scannerRunOf({ kind: "command", words }, settings)?.ignored;
  return ignored === undefined ? {} : { ignored };
}

function written(words: readonly string[], ...more: readonly string[]): { file?: string } {
  const file = optionOf(words, "--output", "-o", "--outfile", "--output-file", "--file", ...more);
  if (file === undefined || file === "") return {};
  // syft's `-o spdx-json=FILE`.
  const equals = /^[a-z-]+(?:@[0-9.]+)?=(.+)$/.exec(file)?.[1];
  return { file: equals ?? file };
}

const cosign: Reader = ([verb = "", ...words]) => {
  const image = named(operandsOf(words, SIGN_VALUES).at(-1));
  const type = optionOf(words, "--type") ?? "custom";
  switch (verb) {
    case "sign":
      return [{ role: "sign", tool: "cosign", ...image }];
    case "verify":
      return [{ role: "verify", tool: "cosign verify", ...image }];
    case "attest":
      return /slsa|provenance/.test(type)
        ? [{ role: "provenance", tool: "cosign attest", ...image }]
        : /spdx|cyclonedx/.test(type)
          ? [{ role: "sbom-use", tool: "cosign attest", ...image }]
          : [];
    case "verify-attestation":
      return [
        { role: "verify", tool: "cosign verify-attestation", ...image },
        /slsa|provenance|custom/.test(type)
          ? { role: "verify-provenance", tool: "cosign verify-attestation", ...image }
          : { role: "sbom-use", tool: "cosign verify-attestation" },
      ];
    case "attach":
      return words[0] === "sbom" ? [{ role: "sbom-use", tool: "cosign attach" }] : [];
    default:
      return [];
  }
};

const trivy: Reader = (words, settings) => {
  const operands = operandsOf(words, SCAN_VALUES);
  const [verb = "", target] = operands;
  const format = optionOf(words, "--format", "-f") ?? "";
  if (/^(?:cyclonedx|spdx|spdx-json|github)$/.test(format)) {
    return [{ role: "sbom", tool: "trivy", ...written(words) }, ...(format === "github" ? [use("trivy")] : [])];
  }
  const command = ["trivy", ...words];
  if (verb === "sbom") return [scan("trivy", undefined, command, settings), use("trivy sbom")];
  const scanners = optionOf(words, "--scanners", "--security-checks");
  const secrets: Act = { role: "secret-scan", tool: "trivy", ...exitIgnored(words, settings) };
  const looks = /^(?:image|i|fs|filesystem|rootfs|repo|repository)$/.test(verb);
  if (!looks) return [];
  const isOfImage = verb === "image" || verb === "i";
  const own =
    scannerRunOf({ kind: "command", words: command }) === undefined
      ? []
      : [scan("trivy", isOfImage ? target : undefined, command, settings)];
  return scanners?.split(",").includes("secret") === true ? [...own, secrets] : own;
};

function exitIgnored(words: readonly string[], settings: ScannerSettings): { ignored?: string } {
  const beside = lookedUp("--exit-code", TRIVY_SETTINGS, namedFile(TRIVY_SETTINGS, words), settings);
  const code = optionOf(words, "--exit-code") ?? beside.value;
  if (code === undefined && beside.unknown !== undefined) return {};
  return code === undefined || code === "0" ? { ignored: "it ends with 0 whatever it finds (--exit-code)" } : {};
}

function use(tool: string): Act {
  return { role: "sbom-use", tool };
}

const bulkhead: Reader = (words) => {
  const [first = "", second = "", ...more] = words;
  if (first === "check") {
    const verifies = hasFlag(words, "--verify");
    return [
      scan("bulkhead", undefined, ["bulkhead", ...words]),
      ...(words.includes("--no-secrets") ? [] : [{ role: "secret-scan" as const, tool: "bulkhead" }]),
      ...(verifies ? [{ role: "verify" as const, tool: "bulkhead check --verify" }] : []),
    ];
  }
  if (first === "image" && second === "scan")
    return [scan("bulkhead", operandsOf(more, SCAN_VALUES)[0], ["bulkhead", ...words])];
  if (first === "image" && second === "sbom") return [{ role: "sbom", tool: "bulkhead", ...written(more) }];
  if (first === "secrets") return [{ role: "secret-scan", tool: "bulkhead" }];
  const image = named(operandsOf(words.slice(1), SIGN_VALUES)[0]);
  if (first === "sign") return [{ role: "sign", tool: "bulkhead sign", ...image }];
  if (first === "verify") {
    return [
      { role: "verify", tool: "bulkhead verify", ...image },
      { role: "verify-provenance", tool: "bulkhead verify", ...image },
    ];
  }
  if (first !== "attest") return [];
  const type = optionOf(words, "--type") ?? "";
  return /slsa|provenance/.test(type)
    ? [{ role: "provenance", tool: "bulkhead attest", ...image }]
    : /sbom|spdx|cyclonedx/.test(type)
      ? [use("bulkhead attest")]
      : [];
};

const gitleaks: Reader = (words) => {
  if (!/^(?:detect|protect|git|dir|directory|file)$/.test(words.find((word) => !word.startsWith("-")) ?? "")) return [];
  const isOff = optionOf(words, "--exit-code") === "0";
  const history =
    (words.includes("detect") || words.includes("git")) && !hasFlag(words, "--no-git", "--staged", "--pre-commit");
  return [
    {
      role: "secret-scan",
      tool: "gitleaks",
      history,
      ...(isOff ? { ignored: "it ends with 0 whatever it finds (--exit-code 0)" } : {}),
    },
  ];
};

const trufflehog: Reader = (words) => [
  {
    role: "secret-scan",
    tool: "trufflehog",
    history: words.includes("git"),
    ...(hasFlag(words, "--fail") ? {} : { ignored: "it ends with 0 whatever it finds: --fail is not set" }),
  },
];

/** `api=registry.example.com/api:1` */
function behindEquals(word: string): string | undefined {
  const at = word.indexOf("=");
  return at < 0 || at === word.length - 1 ? undefined : word.slice(at + 1);
}

const kubectl: Reader = (words) => {
  const [first = "", second = ""] = words;
  const isOfImage = first === "set" && second === "image";
  if (hasFlag(words, "--dry-run")) return [];
  if (!isOfImage && !["apply", "create", "replace", "patch", "run"].includes(first)) return [];
  return [deploy("kubectl", isOfImage ? behindEquals(words.at(-1) ?? "") : optionOf(words, "--image"))];
};

/** By their names without a folder. */
export const PROGRAMS: Readonly<Record<string, Reader>> = {
  docker: engine("docker"),
  podman: engine("podman"),
  buildah: engine("buildah"),
  nerdctl: engine("nerdctl"),
  depot: engine("depot"),
  img: engine("img"),
  buildctl: (words) => (words.includes("build") ? build("buildctl", words) : []),
  executor: (words) => kaniko(words),
  kaniko: (words) => kaniko(words),
  ko: ([verb = ""]) =>
    /^(?:build|publish|resolve|apply)$/.test(verb)
      ? [{ role: "build", tool: "ko", fresh: true }, ...push("ko", undefined)]
      : [],
  pack: ([verb = "", ...words]) =>
    verb === "build"
      ? [{ role: "build", tool: "pack", fresh: true }, ...(hasFlag(words, "--publish") ? push("pack", words[0]) : [])]
      : [],
  skopeo: ([verb = "", ...words]) => {
    const target = words.findLast((word) => word.startsWith("docker://"));
    if ((verb !== "copy" && verb !== "sync") || target === undefined || words.at(-1) !== target) return [];
    const signs = hasFlag(words, "--sign-by", "--sign-by-sigstore", "--sign-by-sigstore-private-key");
    return [...push("skopeo", target), ...(signs ? [{ role: "sign" as const, tool: "skopeo", image: target }] : [])];
  },
  crane: ([verb = "", ...words]) =>
    /^(?:push|copy|cp|tag)$/.test(verb) ? push("crane", verb === "tag" ? undefined : words.at(-1)) : [],
  regctl: (words) =>
    words[0] === "image" && /^(?:copy|cp|import)$/.test(words[1] ?? "") ? push("regctl", words.at(-1)) : [],
  cosign,
  notation: ([verb = "", ...words]) => {
    const image = named(operandsOf(words, SIGN_VALUES)[0]);
    if (verb === "sign") return [{ role: "sign", tool: "notation", ...image }];
    return verb === "verify" ? [{ role: "verify", tool: "notation verify", ...image }] : [];
  },
  "slsa-verifier": ([verb = ""]) =>
    verb.startsWith("verify-")
      ? [
          { role: "verify", tool: "slsa-verifier" },
          { role: "verify-provenance", tool: "slsa-verifier" },
        ]
      : [],
  gh: ([first = "", second = ""]) =>
    first === "attestation" && second === "verify"
      ? [
          { role: "verify", tool: "gh attestation verify" },
          { role: "verify-provenance", tool: "gh attestation verify" },
        ]
      : [],
  trivy,
  grype: (words, settings) => {
    const target = operandsOf(words, SCAN_VALUES)[0] ?? "";
    if (/^(?:db|version|completion|config|help|)$/.test(target)) return [];
    const command = ["grype", ...words];
    return target.startsWith("sbom:")
      ? [scan("grype", undefined, command, settings), use("grype")]
      : [
          scan(
            "grype",
            /^(?:dir|file|oci-archive|docker-archive|oci-dir):/.test(target) ? undefined : target,
            command,
            settings,
          ),
        ];
  },
  snyk: (words) => {
    const [first = "", second = ""] = words;
    const isOfImage = (first === "container" && second === "test") || (first === "test" && hasFlag(words, "--docker"));
    const operands = operandsOf(words, SCAN_VALUES);
    return isOfImage ? [scan("snyk", operands[first === "test" ? 1 : 2], ["snyk", ...words])] : [];
  },
  syft: (words) => {
    const verb = words.find((word) => !word.startsWith("-")) ?? "";
    return /^(?:version|login|completion|config|help|)$/.test(verb)
      ? []
      : [{ role: "sbom", tool: "syft", ...written(words) }, ...(verb === "attest" ? [use("syft attest")] : [])];
  },
  cdxgen: (words) => [{ role: "sbom", tool: "cdxgen", ...written(words) }],
  "cyclonedx-npm": (words) => [{ role: "sbom", tool: "cyclonedx-npm", ...written(words) }],
  "cyclonedx-py": (words) => [{ role: "sbom", tool: "cyclonedx-py", ...written(words) }],
  "cyclonedx-gomod": (words) => [{ role: "sbom", tool: "cyclonedx-gomod", ...written(words, "-output") }],
  bom: ([verb = "", ...words]) => (verb === "generate" ? [{ role: "sbom", tool: "bom", ...written(words) }] : []),
  "osv-scanner": (words) => (hasFlag(words, "--sbom") ? [use("osv-scanner")] : []),
  bomber: () => [use("bomber")],
  bulkhead,
  gitleaks,
  trufflehog,
  "detect-secrets": ([verb = ""]) =>
    verb === "scan" || verb === "audit" ? [{ role: "secret-scan", tool: "detect-secrets" }] : [],
  ggshield: ([first = ""]) =>
    first === "secret" || first === "scan" ? [{ role: "secret-scan", tool: "ggshield" }] : [],
  kubectl,
  oc: kubectl,
  helm: ([verb = "", ...words]) =>
    /^(?:install|upgrade)$/.test(verb) && !hasFlag(words, "--dry-run") ? [deploy("helm")] : [],
  argocd: ([first = "", second = ""]) => (first === "app" && /^(?:sync|set)$/.test(second) ? [deploy("argocd")] : []),
  flux: ([verb = ""]) => (verb === "reconcile" ? [deploy("flux")] : []),
  kustomize: (words) =>
    words[0] === "edit" && words[1] === "set" && words[2] === "image"
      ? [deploy("kustomize", behindEquals(words[3] ?? "") ?? words[3])]
      : [],
  gcloud: ([first = "", second = "", ...more]) =>
    first === "run" && second === "deploy" ? [deploy("gcloud run", optionOf(more, "--image"))] : [],
  aws: ([first = "", second = ""]) => (first === "ecs" && second === "update-service" ? [deploy("aws ecs")] : []),
  az: ([first = "", second = "", ...more]) =>
    first === "containerapp" && /^(?:up|update|create)$/.test(second) ? [deploy("az", optionOf(more, "--image"))] : [],
  nomad: ([first = "", second = ""]) => (first === "job" && second === "run" ? [deploy("nomad")] : []),
  flyctl: ([first = ""]) => (first === "deploy" ? [deploy("flyctl")] : []),
  fly: ([first = ""]) => (first === "deploy" ? [deploy("fly")] : []),
};

function kaniko(words: readonly string[]): Act[] {
  const target = optionOf(words, "--destination", "-d");
  if (target === undefined && !hasFlag(words, "--context", "-c", "--dockerfile")) return [];
  const about = { tool: "kaniko", ...named(target) };
  const pushes = target !== undefined && !hasFlag(words, "--no-push");
  return [
    { role: "build", ...about, fresh: !hasFlag(words, "--cache") },
    ...(pushes ? [{ role: "push" as const, ...about }] : []),
  ];
}
