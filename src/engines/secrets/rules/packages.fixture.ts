import {
  alnum,
  atLeast,
  base64,
  base64url,
  butNot,
  checked,
  exactly,
  hex,
  lower,
  named,
  type Samples,
  texts,
  uuidOf,
} from "./samples.fixture.ts";

const field = (type: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([type, bytes.length]), bytes]);

/** A macaroon as PyPI makes it: its location, an identifier, a caveat, a signature. */
export function macaroon(prefix: string, location: string): string {
  const bytes = Buffer.concat([
    Buffer.from([2]),
    field(1, Buffer.from(location, "latin1")),
    field(2, Buffer.from(uuidOf(), "latin1")),
    Buffer.from([0]),
    field(2, Buffer.from(`[3, "${uuidOf("caveat")}"]`, "latin1")),
    Buffer.from([0, 0]),
    field(6, Buffer.from(hex(64), "hex")),
  ]);
  return prefix + bytes.toString("base64url");
}
const pypi = macaroon("pypi-", "pypi.org");
const testPypi = macaroon("pypi-", "test.pypi.org");

const npm = checked("npm_");

export const packageSamples: Readonly<Record<string, Samples>> = {
  "npm-access-token": butNot(npm, `${npm.slice(0, -1)}${npm.endsWith("0") ? 1 : 0}`, npm.slice(0, -1)),
  "pypi-upload-token": butNot(pypi, pypi.slice(0, -4), `${pypi.slice(0, 40)}${alnum(100)}`),
  "testpypi-upload-token": butNot(testPypi, testPypi.slice(0, -4), `${testPypi.slice(0, 50)}${alnum(100)}`),
  "rubygems-api-key": exactly(`rubygems_${hex(48)}`),
  "bundler-source-password": texts(
    [`BUNDLE_ENTERPRISE__CONTRIBSYS__COM=${hex(8)}:${hex(8, "b")}`, `BUNDLE_GEMS__ACME__IO: "ci:${alnum(12)}"`],
    [`BUNDLE_GEMS__ACME__IO=\${USER}:\${PASS}`, "BUNDLE_PATH=vendor/bundle:x"],
  ),
  "nuget-api-key": exactly(
    `oy2a${lower(15).replace(/[0189]/g, "c")}a${lower(11).replace(/[0189]/g, "c")}e3b${lower(11).replace(/[0189]/g, "c")}a`,
  ),
  "crates-io-token": exactly(`cio${alnum(32)}`),
  "clojars-deploy-token": exactly(`CLOJARS_${hex(60)}`),
  "hex-api-key": named("HEX_API_KEY", hex(32)),
  "packagist-token": exactly(`packagist_out_${hex(68)}`),
  "docker-hub-personal-token": atLeast(`dckr_pat_${alnum(27)}`, 30),
  "docker-hub-organization-token": atLeast(`dckr_oat_${alnum(32)}`, 30),
  "docker-swarm-join-token": exactly(`SWMTKN-1-${lower(50)}-${lower(25)}`),
  "docker-swarm-unlock-key": exactly(`SWMKEY-1-${alnum(43)}`),
  "quay-token": named("QUAY_TOKEN", alnum(40)),
  "jfrog-api-key": exactly(`AKCp${alnum(69)}`),
  "jfrog-reference-token": exactly(`cmVmdGtu${alnum(56)}`),
  "sonatype-user-token": named("SONATYPE_TOKEN", base64(44)),
  "sonarqube-token": exactly(`squ_${hex(40)}`),
  "sonarcloud-token": named("SONAR_TOKEN", hex(40)),
  "snyk-service-token": atLeast(`snyk_uat.${hex(8)}.${base64url(60)}.${base64url(40)}`, 30),
  "snyk-api-token": named("SNYK_TOKEN", uuidOf()),
  "codecov-upload-token": named("CODECOV_TOKEN", uuidOf()),
  "codacy-token": named("CODACY_PROJECT_TOKEN", hex(32)),
  "cloudsmith-api-key": atLeast(`csm_${alnum(40)}`, 30),
};
