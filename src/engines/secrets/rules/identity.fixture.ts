import {
  alnum,
  base64,
  base64url,
  butNot,
  hex,
  jwtOf,
  lower,
  named,
  type Samples,
  texts,
  uuidOf,
} from "./samples.fixture.ts";

const plain = jwtOf({ sub: "someone" });
const account = jwtOf({ iss: "kubernetes/serviceaccount", sub: "system:serviceaccount:default:app" });

export const identitySamples: Readonly<Record<string, Samples>> = {
  "json-web-token": butNot(
    plain,
    jwtOf({ sub: "x" }, { alg: "none" }),
    `eyJ${alnum(20)}.eyJ${alnum(20)}.${alnum(43)}`,
    jwtOf({ sub: "x" }, { typ: "JWT" }),
  ),
  "kubernetes-service-account-token": butNot(account, plain),
  "okta-api-token": named("OKTA_API_TOKEN", `00${alnum(40)}`),
  "okta-client-secret": named("OKTA_CLIENT_SECRET", base64url(40)),
  "auth0-client-secret": named("AUTH0_CLIENT_SECRET", base64url(64)),
  "clerk-secret-key": {
    found: [`k: sk_${"live"}_${alnum(40)}`, `"sk_${"live"}_${alnum(50)}"`],
    missed: [`k: sk_${"live"}_${alnum(41)}`],
  },
  "keycloak-client-secret": named("KEYCLOAK_CLIENT_SECRET", uuidOf()),
  "onelogin-client-secret": named("ONELOGIN_CLIENT_SECRET", hex(64)),
  "django-secret-key": {
    found: [`SECRET_KEY = 'django-insecure-${lower(46)}@$&!'`, `SECRET_KEY="${lower(50)}"`],
    missed: [`SECRET_KEY = '${lower(30)}'`, "SECRET_KEY = os.environ['KEY']"],
  },
  "laravel-app-key": texts(
    [`APP_KEY=base64:${base64(43)}=\n`],
    ["APP_KEY=base64:\n", `APP_KEY=base64:${base64(20)}=\n`],
  ),
  "rails-secret-key-base": named("SECRET_KEY_BASE", hex(128)),
  "symfony-app-secret": named("APP_SECRET", hex(32)),
  "wordpress-salt": texts(
    [`define('AUTH_KEY',         '${alnum(64)}');`],
    ["define('AUTH_KEY', 'put your unique phrase here');", `define('DB_KEY', '${alnum(64)}');`],
  ),
  "nextauth-secret": named("NEXTAUTH_SECRET", `${base64(43)}=`, base64(20)),
};
