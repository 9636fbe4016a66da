/** One report of each kind, made in its documented form: each says the same of minimist 1.2.0 in one image. */

export const config = `sha256:${"1".repeat(64)}`;
export const manifest = `sha256:${"2".repeat(64)}`;
export const reference = "registry.example.com/shop/web:1.4";
export const scannedAt = "2026-11-27T08:00:00Z";

const purl = "pkg:npm/minimist@1.2.0";
const path = "app/node_modules/minimist/package.json";
const title = "minimist: prototype pollution";

export function trivy(more: object = {}): object {
  return {
    SchemaVersion: 2,
    Trivy: { Version: "0.58.1" },
    CreatedAt: "2026-11-27T09:00:00.123456789+01:00",
    ArtifactName: reference,
    ArtifactType: "container_image",
    Metadata: {
      OS: { Family: "debian", Name: "12.8" },
      ImageID: config,
      RepoTags: [reference],
      RepoDigests: [`registry.example.com/shop/web@${manifest}`],
    },
    Results: [
      {
        Target: "Node.js",
        Class: "lang-pkgs",
        Type: "node-pkg",
        Vulnerabilities: [
          {
            VulnerabilityID: "CVE-2021-44906",
            VendorIDs: ["GHSA-xvch-5gv4-984h"],
            PkgName: "minimist",
            PkgPath: path,
            PkgIdentifier: { PURL: purl },
            InstalledVersion: "1.2.0",
            FixedVersion: "1.2.6, 0.2.4",
            Severity: "CRITICAL",
            Title: title,
            PrimaryURL: "https://avd.aquasec.com/nvd/cve-2021-44906",
          },
        ],
        Misconfigurations: [
          { ID: "DS002", Message: "Specify a USER", Severity: "HIGH", Status: "FAIL", CauseMetadata: { StartLine: 7 } },
          { ID: "DS001", Message: "Tag it", Severity: "LOW", Status: "PASS" },
          { ID: "DS026", Message: "Add a HEALTHCHECK", Severity: "LOW", Status: "EXCEPTION" },
        ],
        Licenses: [{ Name: "GPL-3.0", PkgName: "readline", Severity: "HIGH" }],
        ExperimentalModifiedFindings: [
          { Type: "vulnerability", Status: "not_affected", Source: "vex.json", Finding: {} },
        ],
      },
    ],
    ...more,
  };
}

export function grype(more: object = {}): object {
  const artifact = { name: "minimist", version: "1.2.0", type: "npm", purl, locations: [{ path: `/${path}` }] };
  return {
    matches: [
      {
        vulnerability: {
          id: "GHSA-xvch-5gv4-984h",
          dataSource: "https://github.com/advisories/GHSA-xvch-5gv4-984h",
          severity: "Critical",
          description: title,
          fix: { versions: ["1.2.6"], state: "fixed" },
        },
        relatedVulnerabilities: [{ id: "CVE-2021-44906" }],
        artifact,
      },
    ],
    ignoredMatches: [{ vulnerability: { id: "CVE-2020-7598" }, appliedIgnoreRules: [{ vulnerability: "" }], artifact }],
    source: {
      type: "image",
      target: { userInput: reference, imageID: config, manifestDigest: manifest, tags: [reference], repoDigests: [] },
    },
    distro: { name: "debian", version: "12" },
    descriptor: { name: "grype", version: "0.87.0", timestamp: scannedAt },
    ...more,
  };
}

/** The operating system's project, with an application that is in the image. */
export function snyk(more: object = {}): object {
  const flaw = {
    id: "SNYK-JS-MINIMIST-2429795",
    title,
    severity: "critical",
    packageName: "minimist",
    version: "1.2.0",
    identifiers: { CVE: ["CVE-2021-44906"], CWE: ["CWE-1321"] },
    fixedIn: ["0.2.4", "1.2.6"],
    nearestFixedInVersion: "1.2.6",
  };
  return {
    ok: false,
    path: reference,
    projectName: "docker-image|registry.example.com/shop/web",
    packageManager: "deb",
    docker: { imageId: config },
    vulnerabilities: [{ type: "license", id: "snyk:lic:npm:x:GPL-3.0" }],
    filtered: { ignore: [{ id: "SNYK-DEBIAN12-ZLIB-1" }], patch: [] },
    applications: [
      {
        ok: false,
        projectName: "web",
        packageManager: "npm",
        targetFile: "/app/package.json",
        // Two ways to one package.
        vulnerabilities: [flaw, { ...flaw, from: ["web", "mkdirp", "minimist"] }],
      },
    ],
    ...more,
  };
}

export function ecrBasic(more: object = {}): object {
  return {
    registryId: "123456789012",
    repositoryName: "shop/web",
    imageId: { imageDigest: manifest, imageTag: "1.4" },
    imageScanStatus: { status: "COMPLETE" },
    imageScanFindings: {
      // As the older command line writes times.
      imageScanCompletedAt: Date.parse(scannedAt) / 1000,
      findings: [
        {
          name: "CVE-2021-44906",
          description: title,
          uri: "https://security-tracker.debian.org/tracker/CVE-2021-44906",
          severity: "CRITICAL",
          attributes: [
            { key: "package_name", value: "minimist" },
            { key: "package_version", value: "1.2.0" },
          ],
        },
      ],
    },
    ...more,
  };
}

function inspectorFinding(status = "ACTIVE"): object {
  return {
    findingArn: "arn:aws:inspector2:eu-west-1:123456789012:finding/0",
    lastObservedAt: "2026-11-27T09:00:00+01:00",
    severity: "CRITICAL",
    status,
    title: "CVE-2021-44906 - minimist",
    type: "PACKAGE_VULNERABILITY",
    packageVulnerabilityDetails: {
      vulnerabilityId: "CVE-2021-44906",
      relatedVulnerabilities: [],
      vulnerablePackages: [
        { name: "minimist", version: "1.2.0", packageManager: "NODEPKG", filePath: path, fixedInVersion: "1.2.6" },
      ],
    },
    resources: [
      {
        type: "AWS_ECR_CONTAINER_IMAGE",
        id: "arn",
        details: {
          awsEcrContainerImage: {
            registry: "123456789012",
            repositoryName: "shop/web",
            imageHash: manifest,
            imageTags: ["1.4"],
          },
        },
      },
    ],
  };
}

export function ecrEnhanced(more: object = {}): object {
  return {
    registryId: "123456789012",
    repositoryName: "shop/web",
    imageId: { imageDigest: manifest, imageTag: "1.4" },
    imageScanStatus: { status: "ACTIVE" },
    imageScanFindings: { enhancedFindings: [inspectorFinding(), inspectorFinding("SUPPRESSED")] },
    ...more,
  };
}

export function inspector(more: object = {}): object {
  return { findings: [inspectorFinding(), inspectorFinding("SUPPRESSED")], ...more };
}

const uri = `registry.example.com/shop/web@${manifest}`;

const occurrence = {
  name: "projects/shop/occurrences/1",
  resourceUri: `https://${uri}`,
  noteName: "projects/goog-vulnz/notes/CVE-2021-44906",
  kind: "VULNERABILITY",
  updateTime: scannedAt,
  vulnerability: {
    effectiveSeverity: "CRITICAL",
    shortDescription: "CVE-2021-44906",
    packageIssue: [
      {
        affectedPackage: "minimist",
        packageType: "NPM",
        affectedVersion: { kind: "NORMAL", fullName: "1.2.0", name: "1.2.0" },
        fixedVersion: { kind: "NORMAL", fullName: "1.2.6" },
        fileLocation: [{ filePath: path }],
      },
    ],
    relatedUrls: [{ url: "https://nvd.nist.gov/vuln/detail/CVE-2021-44906" }],
  },
};

const discovery = {
  noteName: "projects/goog-analysis/notes/PACKAGE_VULNERABILITY",
  kind: "DISCOVERY",
  resourceUri: `https://${uri}`,
  discovery: { analysisStatus: "FINISHED_SUCCESS", lastScanTime: scannedAt },
};

export function googleDescription(more: object = {}): object {
  return {
    image_summary: { digest: manifest, fully_qualified_digest: uri, registry: "registry.example.com" },
    discovery_summary: { discovery: [discovery] },
    package_vulnerability_summary: { total_vulnerability_found: 1, vulnerabilities: { CRITICAL: [occurrence] } },
    ...more,
  };
}

export function googleOccurrences(): object[] {
  return [occurrence, discovery];
}

export function cycloneDx(more: object = {}): object {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    metadata: {
      timestamp: scannedAt,
      tools: { components: [{ type: "application", name: "trivy", version: "0.58.1" }] },
      component: {
        "bom-ref": "image",
        type: "container",
        name: reference,
        properties: [{ name: "aquasecurity:trivy:ImageID", value: config }],
      },
    },
    components: [
      {
        "bom-ref": "pkg-1",
        type: "library",
        name: "minimist",
        version: "1.2.0",
        purl,
        properties: [{ name: "aquasecurity:trivy:FilePath", value: path }],
      },
    ],
    vulnerabilities: [
      {
        id: "CVE-2021-44906",
        ratings: [{ severity: "high" }, { severity: "critical" }],
        description: title,
        recommendation: "Upgrade minimist to version 1.2.6, 0.2.4",
        affects: [{ ref: "pkg-1" }],
      },
      { id: "CVE-2020-7598", affects: [{ ref: "pkg-1" }], analysis: { state: "not_affected" } },
    ],
    ...more,
  };
}

/** As Trivy writes it of an image: the package stands in the message. */
export function trivySarif(): object {
  const text = `Package: minimist\nInstalled Version: 1.2.0\nVulnerability CVE-2021-44906\nSeverity: CRITICAL\nFixed Version: 1.2.6\nLink: [CVE](https://avd.aquasec.com/nvd/cve-2021-44906)`;
  const tags = ["vulnerability", "security", "CRITICAL"];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Trivy",
            version: "0.58.1",
            rules: [
              {
                id: "CVE-2021-44906",
                shortDescription: { text: title },
                properties: { "security-severity": "9.8", tags },
              },
            ],
          },
        },
        invocations: [{ executionSuccessful: true, endTimeUtc: scannedAt }],
        properties: { imageName: reference, imageID: config, repoDigests: [uri], repoTags: [reference] },
        results: [
          {
            ruleId: "CVE-2021-44906",
            ruleIndex: 0,
            level: "error",
            message: { text },
            locations: [{ physicalLocation: { artifactLocation: { uri: path, uriBaseId: "ROOTPATH" } } }],
          },
        ],
        originalUriBaseIds: { ROOTPATH: { uri: "file:///" } },
      },
    ],
  };
}

/** Of a tool that this program has never heard of, with every way in which a result is none. */
export function sarif(results: readonly object[] = sarifResults, name = "Sast"): object {
  return {
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name,
            semanticVersion: "3.1.0",
            rules: [
              {
                id: "sast/injection",
                shortDescription: { text: "SQL from user input" },
                helpUri: "https://example.com/injection",
                properties: { "security-severity": "9.1" },
              },
              { id: "sast/style", defaultConfiguration: { level: "note" } },
            ],
          },
        },
        originalUriBaseIds: { "%SRCROOT%": { uri: "file:///builds/shop/" }, SUB: { uri: "services/" } },
        results,
      },
    ],
  };
}

export function sarifResult(
  more: object = {},
  uri = "src/db.ts",
  region: object = { startLine: 12, startColumn: 3 },
): object {
  return {
    ruleId: "sast/injection",
    message: { text: "query is built of request.body" },
    locations: [{ physicalLocation: { artifactLocation: { uri, uriBaseId: "%SRCROOT%" }, region } }],
    ...more,
  };
}

const sarifResults = [
  sarifResult(),
  sarifResult({}, "src/db.ts", { startLine: 40 }),
  sarifResult({ ruleId: "sast/style" }),
  sarifResult({ suppressions: [{ kind: "inSource" }] }),
  sarifResult({ suppressions: [{ kind: "external", status: "rejected" }] }, "src/other.ts"),
  sarifResult({ baselineState: "absent" }),
  sarifResult({ kind: "pass", level: "none" }),
];

export function bytesOf(report: unknown): Buffer {
  return Buffer.from(JSON.stringify(report));
}

/** Every kind with the format's name, for tests that are about all of them. */
export const every: readonly { readonly format: string; readonly report: unknown }[] = [
  { format: "Trivy JSON", report: trivy() },
  { format: "Grype JSON", report: grype() },
  { format: "Snyk JSON", report: snyk() },
  { format: "Snyk JSON", report: [snyk(), snyk({ applications: undefined })] },
  { format: "ECR scan findings", report: ecrBasic() },
  { format: "ECR enhanced scan findings", report: ecrEnhanced() },
  { format: "Amazon Inspector findings", report: inspector() },
  { format: "Google image description", report: googleDescription() },
  { format: "Google occurrences", report: googleOccurrences() },
  { format: "Google occurrences", report: { occurrences: googleOccurrences() } },
  { format: "CycloneDX", report: cycloneDx() },
  { format: "SARIF 2.1.0", report: trivySarif() },
];
