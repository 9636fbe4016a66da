import {
  alnum,
  atLeast,
  base64url,
  butNot,
  checked,
  exactly,
  hex,
  lower,
  named,
  type Samples,
  upper,
} from "./samples.fixture.ts";

const wrong = (token: string): string => token.slice(0, -1) + (token.endsWith("0") ? "1" : "0");
const github = (prefix: string): Samples =>
  butNot(checked(prefix), wrong(checked(prefix)), checked(prefix).slice(0, -1), `${checked(prefix)}a`);
const gitlab = (prefix: string): Samples => ({
  found: [
    `t: ${prefix}${alnum(20)}\n`,
    `t: ${prefix}${alnum(40)}.01.${lower(9)}\n`,
    `"${prefix}${alnum(27)}.01${lower(7)}"`,
  ],
  missed: [`t: ${prefix}${alnum(19)}\n`, `t: x${prefix}${alnum(20)}\n`, `t: ${prefix}\${TOKEN}\n`],
});

export const sourceHostingSamples: Readonly<Record<string, Samples>> = {
  "github-personal-access-token": github("ghp_"),
  "github-fine-grained-token": exactly(`github_pat_${alnum(22)}_${alnum(59)}`),
  "github-oauth-token": github("gho_"),
  "github-user-token": github("ghu_"),
  "github-installation-token": github("ghs_"),
  "github-refresh-token": exactly(`ghr_${alnum(76)}`),
  "github-legacy-token": named("GITHUB_TOKEN", hex(40)),
  "gitlab-personal-access-token": gitlab("glpat-"),
  "gitlab-oauth-secret": exactly(`gloas-${alnum(64)}`),
  "gitlab-deploy-token": gitlab("gldt-"),
  "gitlab-runner-token": gitlab("glrt-"),
  "gitlab-runner-registration-token": exactly(`GR1348941${alnum(20)}`),
  "gitlab-job-token": atLeast(`glcbt-64_${alnum(20)}`, 20),
  "gitlab-trigger-token": gitlab("glptt-"),
  "gitlab-feed-token": gitlab("glft-"),
  "gitlab-incoming-mail-token": gitlab("glimt-"),
  "gitlab-agent-token": gitlab("glagent-"),
  "gitlab-scim-token": gitlab("glsoat-"),
  "gitlab-feature-flags-token": gitlab("glffct-"),
  "gitlab-workspace-token": gitlab("glwt-"),
  "bitbucket-app-password": exactly(`ATBB${alnum(24)}${upper(8).replace(/[G-Z]/g, "7")}`),
  "bitbucket-access-token": exactly(`ATCTT3xFfGN0${base64url(171)}=${upper(8).replace(/[G-Z]/g, "7")}`),
  "bitbucket-server-token": exactly(`BBDC-${alnum(44)}`),
  "gitea-access-token": named("GITEA_TOKEN", hex(40)),
  "sourcegraph-access-token": exactly(`sgp_${hex(16)}_${hex(40)}`),
};
