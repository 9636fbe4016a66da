import assert from "node:assert/strict";
import { test } from "node:test";
import type { GitlabCheck } from "../subjects/pipelines.ts";
import { findings, places, script } from "./gitlab/gitlab.fixture.ts";
import { gitlabCredentialsInGitUrl } from "./gitlab-credentials-in-git-url.ts";
import { gitlabDependencyConfusion } from "./gitlab-dependency-confusion.ts";
import { gitlabDownloadExecuted } from "./gitlab-download-executed.ts";
import { gitlabEnvironmentDump } from "./gitlab-environment-dump.ts";
import { gitlabEnvironmentInDotenv } from "./gitlab-environment-in-dotenv.ts";
import { gitlabForcePush } from "./gitlab-force-push.ts";
import { gitlabHostKeyUnverified } from "./gitlab-host-key-unverified.ts";
import { gitlabHostMount } from "./gitlab-host-mount.ts";
import { gitlabHostNamespace } from "./gitlab-host-namespace.ts";
import { gitlabImageTagFromBranch } from "./gitlab-image-tag-from-branch.ts";
import { gitlabJobTokenLeak } from "./gitlab-job-token-leak.ts";
import { gitlabLockfileNotEnforced } from "./gitlab-lockfile-not-enforced.ts";
import { gitlabPackageSignaturesOff } from "./gitlab-package-signatures-off.ts";
import { gitlabPasswordOnCommandLine } from "./gitlab-password-on-command-line.ts";
import { gitlabPipefailMissing } from "./gitlab-pipefail-missing.ts";
import { gitlabPrivateKeyPrinted } from "./gitlab-private-key-printed.ts";
import { gitlabPrivilegedContainer } from "./gitlab-privileged-container.ts";
import { gitlabRequestToUntrustedAddress } from "./gitlab-request-to-untrusted-address.ts";
import { gitlabScriptInjection } from "./gitlab-script-injection.ts";
import { gitlabSecretInBuildArg } from "./gitlab-secret-in-build-arg.ts";
import { gitlabSecretPrinted } from "./gitlab-secret-printed.ts";
import { gitlabSecurityToolSilenced } from "./gitlab-security-tool-silenced.ts";
import { gitlabShellTrace } from "./gitlab-shell-trace.ts";
import { gitlabSshAsRoot } from "./gitlab-ssh-as-root.ts";
import { gitlabStaticCloudCredentials } from "./gitlab-static-cloud-credentials.ts";
import { gitlabSudo } from "./gitlab-sudo.ts";
import { gitlabUnpinnedGitCheckout } from "./gitlab-unpinned-git-checkout.ts";
import { gitlabUnpinnedPackages } from "./gitlab-unpinned-packages.ts";
import { gitlabUnverifiedDownload } from "./gitlab-unverified-download.ts";
import { gitlabWorldWritableMode } from "./gitlab-world-writable-mode.ts";

const COMMIT = "0123456789".repeat(4);
const at = (password: string, rest: string): string => [`https://user:${password}`, rest].join("@");

/** Each: what is found once, what is not found. */
const CASES: readonly (readonly [check: GitlabCheck, found: readonly string[], clean: readonly string[]])[] = [
  [
    gitlabScriptInjection,
    [
      "echo $CI_COMMIT_MESSAGE",
      'eval "make $CI_COMMIT_BRANCH"',
      'bash -c "echo ${CI_MERGE_REQUEST_TITLE}"',
      'ssh deploy@example.com "run $CI_COMMIT_REF_NAME"',
      "python3 -c \"print('$CI_COMMIT_TITLE')\"",
      'echo "a"$CI_COMMIT_TAG',
      "$CI_COMMIT_BRANCH --version",
    ],
    [
      'echo "$CI_COMMIT_MESSAGE"',
      "BRANCH=$CI_COMMIT_BRANCH",
      "echo '$CI_COMMIT_BRANCH'",
      "[[ $CI_COMMIT_BRANCH == main ]]",
      "echo $CI_COMMIT_REF_SLUG $CI_COMMIT_SHA",
      "echo \\$CI_COMMIT_BRANCH",
      'bash -c "echo $CI_COMMIT_SHA"',
      'bash run.sh "$CI_COMMIT_BRANCH"',
    ],
  ],
  [
    gitlabRequestToUntrustedAddress,
    ['curl "https://example.com/$CI_COMMIT_BRANCH"', "wget https://example.com/${CI_COMMIT_REF_SLUG}.tgz"],
    ['curl "https://example.com/$CI_COMMIT_SHA"', "curl 'https://example.com/$CI_COMMIT_BRANCH'"],
  ],
  [
    gitlabJobTokenLeak,
    [
      'curl -H "JOB-TOKEN: $CI_JOB_TOKEN" https://example.com/x',
      'curl --header "Authorization: ${CI_JOB_TOKEN}" https://api.example.org/',
    ],
    [
      'curl -H "JOB-TOKEN: $CI_JOB_TOKEN" "$CI_API_V4_URL/projects"',
      'curl -H "JOB-TOKEN: $CI_JOB_TOKEN" https://gitlab.com/api/v4/projects',
      'curl -H "JOB-TOKEN: $CI_JOB_TOKEN" https://gitlab.example.com/api/v4/projects',
    ],
  ],
  [
    gitlabDownloadExecuted,
    [
      "curl -fsSL https://example.com/i.sh | sh",
      "bash <(curl -s https://example.com/i.sh)",
      'sh -c "$(wget -qO- https://example.com/i.sh)"',
      "curl -fsSL https://example.com/i.sh -o i.sh && bash i.sh",
      "echo ZWNobwo= | base64 -d | bash",
      'echo "$(curl -s https://example.com/i.sh)" | bash',
    ],
    [
      "curl -fsSL https://example.com/i.sh -o i.sh && sha256sum -c sums && bash i.sh",
      "curl https://example.com/a.json | jq .x",
      "echo 'curl x | sh'",
      "curl https://example.com/a.tgz | tar xz",
    ],
  ],
  [
    gitlabUnverifiedDownload,
    ["curl -LO https://example.com/a.tgz", "wget https://example.com/a.tgz", "curl https://example.com/a -o a"],
    [
      "curl -sf https://example.com/health",
      "wget --spider https://example.com/",
      "wget -qO- https://example.com/ | jq .x",
      "curl -LO https://example.com/a.tgz && sha256sum -c a.sum",
      "curl http://localhost:8080/a -o a",
      "curl -o /dev/null https://example.com",
      'curl -LO "$CI_API_V4_URL/a"',
    ],
  ],
  [
    gitlabEnvironmentDump,
    ["printenv", "env", "env | sort", "export -p", "set"],
    ["printenv HOME", "env A=1 make", "env | grep ^CI_", "env > build.env", "set -e", "export A=1", "X=$(env)"],
  ],
  [
    gitlabSecretPrinted,
    ["echo $DEPLOY_TOKEN", 'printf "%s" "${DB_PASSWORD}"', "make; echo $API_KEY"],
    [
      'echo "$DEPLOY_TOKEN" | docker login --password-stdin',
      "echo $DEPLOY_TOKEN > token",
      "echo '$DEPLOY_TOKEN'",
      'X="$(echo $DEPLOY_TOKEN)"',
      "echo $" + "{DEPLOY_TOKEN:+set} $" + "{#DEPLOY_TOKEN}",
      "echo $CI_COMMIT_SHA",
    ],
  ],
  [
    gitlabPrivateKeyPrinted,
    ['echo "$SSH_PRIVATE_KEY" > key', 'echo "$DATA" > ~/.ssh/id_rsa', 'echo "$SSH_PRIVATE_KEY" | ssh-add -'],
    [
      'ssh-add "$SSH_PRIVATE_KEY"',
      'echo "$HOSTS" >> ~/.ssh/known_hosts',
      'echo "$SSH_PUBLIC_KEY"',
      "echo x > ~/.ssh/config",
    ],
  ],
  [
    gitlabShellTrace,
    ["set -x", "set -euxo pipefail", "set -o xtrace", "bash -x run.sh"],
    ["set -e", "set -x; make; set +x", "set +x", "echo set -x"],
  ],
  [
    gitlabPasswordOnCommandLine,
    [
      "docker login -u ci -p $PASSWORD registry.example.com",
      "PGPASSWORD=hunter psql -h db",
      "mysql -uroot -phunter2 shop",
      "sqlcmd -S db -P hunter2",
      "mongosh --password hunter2",
      "mysqldump --password=hunter2 shop",
    ],
    [
      'echo "$PASSWORD" | docker login -u ci --password-stdin',
      "PGPASSWORD=$PASSWORD psql -h db",
      "mysql -uroot -p$PASSWORD shop",
      "mysql --protocol=tcp",
      "docker run -p 80:80 web",
    ],
  ],
  [
    gitlabCredentialsInGitUrl,
    [`git clone ${at("hunter2", "git.example.com/a.git")}`, `git push ${at("$TOKEN", "git.example.com/a.git")}`],
    ["git clone https://git.example.com/a.git", "git clone git@git.example.com:a.git"],
  ],
  [
    gitlabSecretInBuildArg,
    ["docker build --build-arg NPM_TOKEN=$NPM_TOKEN .", "docker buildx build --build-arg=API_KEY ."],
    ["docker build --build-arg VERSION=1 .", "docker build --secret id=npm,env=NPM_TOKEN ."],
  ],
  [
    gitlabHostKeyUnverified,
    [
      "ssh-keyscan example.com >> ~/.ssh/known_hosts",
      "ssh -o StrictHostKeyChecking=no deploy@example.com",
      "echo 'Host *\n  StrictHostKeyChecking no' > ~/.ssh/config",
    ],
    ['echo "$SSH_KNOWN_HOSTS" >> ~/.ssh/known_hosts', "ssh -o StrictHostKeyChecking=yes deploy@example.com"],
  ],
  [
    gitlabSecurityToolSilenced,
    ["trivy image web || true", "npm audit || exit 0", "grype web | tee out || true", "npx snyk test || :"],
    ["trivy image web", "make || true", "trivy image web || exit 1", "npm audit || ./report.sh"],
  ],
  [
    gitlabImageTagFromBranch,
    ["docker build -t app:$CI_COMMIT_REF_NAME .", "podman push app:${CI_COMMIT_REF_SLUG}"],
    ["docker build -t app:$CI_COMMIT_SHA .", "echo app:$CI_COMMIT_REF_NAME"],
  ],
  [
    gitlabUnpinnedPackages,
    [
      "pip install requests",
      "npm install -g serve",
      "apt-get install -y curl",
      "apk add --no-cache git",
      "gem install bundler",
      "cargo install cross",
      "go install example.com/tool@latest",
      "composer require foo/bar",
      "npm update",
      "pip install --upgrade pip",
    ],
    [
      "pip install requests==2.32.3",
      "pip install -r requirements.txt",
      "pip install .",
      "npm install -g serve@14.2.0",
      "npm ci",
      "apt-get install -y curl=7.88.1-10",
      "gem install bundler -v 2.5.0",
      "cargo install cross --version 0.2.5",
      "go install example.com/tool@v1.2.3",
      "go install ./cmd/tool",
      "apt-get install -y $PACKAGES",
      "composer require foo/bar:1.2",
    ],
  ],
  [
    gitlabLockfileNotEnforced,
    ["npm install", "yarn install", "pnpm i", "bundle install", "uv sync"],
    ["npm ci", "npm install left-pad", "npm install -g serve", "yarn install --immutable", "uv sync --locked"],
  ],
  [
    gitlabPipefailMissing,
    ["make | tee log"],
    ["make || true", "set -o pipefail; make | tee log", "make > log", "echo 'a | b'"],
  ],
  [
    gitlabUnpinnedGitCheckout,
    [
      "git clone https://git.example.com/a.git",
      "git clone -b main https://git.example.com/a.git",
      "git -C a checkout main",
    ],
    [
      `git clone https://git.example.com/a.git a && git -C a checkout ${COMMIT}`,
      "git checkout -b local",
      'git checkout "$CI_COMMIT_SHA"',
      "git checkout -- file",
      "git fetch origin",
    ],
  ],
  [
    gitlabSshAsRoot,
    ["ssh root@example.com id", "scp a root@example.com:/", "ssh -l root example.com"],
    ["ssh deploy@example.com", "echo root@example.com"],
  ],
  [gitlabSudo, ["sudo apt-get update", "sudo -E make"], ["# sudo make", "echo sudo"]],
  [
    gitlabPrivilegedContainer,
    [
      "docker run --privileged tool",
      "docker container run --cap-add=SYS_ADMIN tool",
      "docker run --cap-add CAP_ALL tool",
      "docker run --security-opt seccomp=unconfined tool",
    ],
    [
      "docker run tool",
      "docker run --privileged=false tool",
      "docker run --cap-add CHOWN tool",
      "docker build --privileged .",
    ],
  ],
  [
    gitlabHostNamespace,
    [
      "docker run --network host tool",
      "docker run --net=host tool",
      "podman run --pid=host tool",
      "docker run --ipc host tool",
    ],
    ["docker run --network ci tool", "docker network ls"],
  ],
  [
    gitlabHostMount,
    [
      "docker run -v /:/host tool",
      "docker run --volume=/etc:/etc:ro tool",
      "docker run --mount type=bind,source=/root,target=/r tool",
      "docker run -v /dev:/dev tool",
    ],
    ['docker run -v "$CI_PROJECT_DIR:/src" tool', "docker run -v cache:/root tool", "docker run -v /builds/a:/a tool"],
  ],
  [
    gitlabWorldWritableMode,
    ["chmod 777 a", "chmod -R a+w a", "chmod o=rw a"],
    ["chmod 755 a", "chmod +x a", "chmod 1777 a"],
  ],
  [
    gitlabPackageSignaturesOff,
    [
      "apt-get install --allow-unauthenticated a",
      "apk add --allow-untrusted a.apk",
      "echo 'deb [trusted=yes] https://example.com x y' > a.list",
    ],
    ["apt-get install a", "gcloud run deploy --allow-unauthenticated"],
  ],
  [
    gitlabStaticCloudCredentials,
    [
      "gcloud auth activate-service-account --key-file key.json",
      "aws configure set aws_secret_access_key $KEY",
      "export AWS_SECRET_ACCESS_KEY=$KEY",
      "az login --service-principal -u a --password $P --tenant t",
    ],
    [
      "gcloud auth login --cred-file cred.json",
      "aws configure set region eu-central-1",
      "az login --service-principal -u a --tenant t --federated-token $T",
    ],
  ],
  [
    gitlabDependencyConfusion,
    [
      "pip install --extra-index-url https://pypi.example.com/simple tool==1",
      "python -m pip install --extra-index-url=https://x.example.com a",
    ],
    ["pip install --index-url https://pypi.example.com/simple tool==1", "pip config list"],
  ],
  [
    gitlabForcePush,
    ["git push --force origin main", "git push -f", "git push origin +main"],
    ["git push origin main", "git push --force-with-lease"],
  ],
];

for (const [check, found, clean] of CASES) {
  test(`${check.id}: what is found and what is not`, () => {
    for (const line of found) assert.equal(places(check, script(line)).length, 1, line);
    for (const line of clean) assert.deepEqual(places(check, script(line)), [], line);
  });
}

test("text that is run weighs more than text that is split", () => {
  const severity = (line: string) => findings(gitlabScriptInjection, script(line))[0]?.severity;
  assert.equal(severity('eval "$CI_COMMIT_MESSAGE"'), "high");
  assert.equal(severity("echo $CI_COMMIT_MESSAGE"), "low");
});

test("a place is that of the text within a block, a fold and an escape", () => {
  const text = `job:
  before_script:
    - |
      echo one
      if true; then
        echo $CI_COMMIT_TITLE
      fi
  script:
    - >-
      echo two &&
      echo $CI_COMMIT_BRANCH
    - "echo \\"three\\" $CI_COMMIT_TAG"
`;
  assert.deepEqual(places(gitlabScriptInjection, text), ["6:14", "11:12", "12:23"]);
});

test("a dotenv report of all variables", () => {
  const job = (line: string, report = "reports: {dotenv: build.env}") =>
    `job:\n  script: [${JSON.stringify(line)}]\n  artifacts: {${report}}\n`;
  assert.deepEqual(places(gitlabEnvironmentInDotenv, job("printenv > build.env")), ["2:13"]);
  assert.deepEqual(places(gitlabEnvironmentInDotenv, job("echo A=1 > build.env")), []);
  assert.deepEqual(places(gitlabEnvironmentInDotenv, job("printenv > build.env", "paths: [a]")), []);
});
