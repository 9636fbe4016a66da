/**
 * The names of npm's and PyPI's most used packages, from general knowledge of both registries, as of 2026-11: names alone,
 * in no order, to tell a name that is nearly one of them. A name that is missing here makes no difference but that
 * nothing is found near it.
 */
import type { PackageType } from "../../engines/contents/model.ts";
import { type Resemblance, resemblanceIn } from "./name-resemblance.ts";

const npm = `
react react-dom react-router react-router-dom react-redux react-native react-scripts react-hook-form react-query react-icons
react-select react-table react-transition-group react-bootstrap react-helmet react-dropzone react-datepicker react-toastify
react-markdown react-test-renderer react-is react-dev-utils react-error-overlay react-refresh react-beautiful-dnd
react-virtualized react-window react-dnd react-spring react-i18next react-intl react-modal react-slick react-color
preact vue vuex vue-router vue-loader vue-template-compiler vue-style-loader angular svelte sveltekit solid-js next nuxt
gatsby remix astro ember-cli backbone jquery jquery-ui jquery-validation bootstrap popper.js tailwindcss bulma
foundation-sites material-ui antd element-ui element-plus vuetify styled-components emotion classnames clsx
express express-session express-validator express-rate-limit body-parser cookie-parser cookie-session multer cors helmet
morgan compression serve-static connect passport passport-local passport-jwt koa koa-router koa-bodyparser fastify hapi
restify nestjs socket.io socket.io-client engine.io engine.io-client ws sockjs sockjs-client http-proxy
http-proxy-middleware http-errors http-server serve finalhandler on-finished proxy-addr accepts content-type
content-disposition cookie cookie-signature etag fresh range-parser type-is vary bytes raw-body statuses depd encodeurl
escape-html parseurl path-to-regexp qs querystring send setprototypeof toidentifier unpipe utils-merge destroy ee-first
forwarded ipaddr.js media-typer merge-descriptors methods mime mime-db mime-types negotiator safe-buffer safer-buffer
axios request request-promise request-promise-native node-fetch cross-fetch isomorphic-fetch whatwg-fetch got superagent
supertest undici ky needle nock follow-redirects form-data formidable busboy tunnel-agent tough-cookie oauth-sign
lodash lodash.debounce lodash.get lodash.merge lodash.clonedeep lodash.isequal lodash.uniq lodash.throttle lodash-es
underscore ramda immutable immer rxjs async bluebird moment moment-timezone dayjs date-fns luxon uuid nanoid shortid
chalk colors kleur picocolors ansi-colors ansi-styles ansi-regex strip-ansi supports-color color color-convert color-name
color-string has-flag commander yargs yargs-parser minimist meow inquirer prompts ora boxen figlet cli-table3 cli-table
cli-progress log-update listr listr2 update-notifier figures cli-cursor restore-cursor cli-spinners string-width
wrap-ansi slice-ansi wcwidth cliui y18n get-caller-file require-directory debug ms winston bunyan pino log4js loglevel
signale npmlog dotenv dotenv-expand config convict cosmiconfig rc ini yaml js-yaml json5 toml xml2js fast-xml-parser
cheerio jsdom puppeteer puppeteer-core playwright playwright-core selenium-webdriver webdriverio cypress nightwatch
testcafe mocha chai sinon jest jest-cli jest-environment-jsdom jasmine jasmine-core karma ava tape vitest nyc istanbul
babel-jest ts-jest enzyme expect should testing-library webpack webpack-cli webpack-dev-server webpack-dev-middleware
webpack-merge webpack-sources html-webpack-plugin mini-css-extract-plugin copy-webpack-plugin terser-webpack-plugin
css-loader style-loader sass-loader less-loader postcss-loader file-loader url-loader babel-loader ts-loader
source-map-loader raw-loader html-loader eslint-loader rollup parcel esbuild vite turbo lerna gulp gulp-sass gulp-uglify
gulp-concat grunt grunt-cli browserify watchify uglify-js terser babel-core babel-cli babel-preset-env babel-eslint
babel-polyfill babel-runtime core-js core-js-compat core-js-pure regenerator-runtime typescript ts-node tsx tslib tslint
ts-loader typedoc eslint eslint-config-airbnb eslint-config-airbnb-base eslint-config-prettier eslint-plugin-import
eslint-plugin-react eslint-plugin-react-hooks eslint-plugin-jsx-a11y eslint-plugin-prettier eslint-plugin-node
eslint-plugin-jest eslint-plugin-vue eslint-plugin-promise eslint-scope eslint-utils eslint-visitor-keys espree esquery
esrecurse estraverse esutils esprima acorn acorn-jsx acorn-walk escodegen prettier stylelint stylelint-config-standard
husky lint-staged commitlint standard standard-version semantic-release conventional-changelog nodemon pm2 forever
concurrently cross-env cross-spawn npm-run-all rimraf mkdirp glob globby fast-glob minimatch micromatch picomatch
braces chokidar fs-extra graceful-fs del cpx copyfiles shelljs execa which tmp temp temp-dir tempy find-up locate-path
path-exists pkg-dir p-limit p-locate p-map p-queue p-retry p-try semver validate-npm-package-license
validate-npm-package-name normalize-package-data read-pkg read-pkg-up resolve resolve-from import-fresh import-local
callsites parent-module isexe shebang-command shebang-regex path-key npm-run-path onetime mimic-fn signal-exit
strip-final-newline human-signals get-stream is-stream merge-stream merge2 through through2 concat-stream readable-stream
string_decoder inherits util-deprecate core-util-is isarray process-nextick-args duplexer duplexify pump pumpify
end-of-stream once wrappy inflight fs.realpath path-is-absolute balanced-match brace-expansion concat-map
fill-range to-regex-range is-number is-glob is-extglob glob-parent anymatch normalize-path binary-extensions
is-binary-path readdirp fsevents array-union dir-glob slash ignore fast-deep-equal fast-json-stable-stringify
json-schema-traverse uri-js punycode ajv ajv-keywords ajv-formats schema-utils loader-utils loader-runner joi yup zod
validator class-validator class-transformer superstruct io-ts ow jsonwebtoken jws jwa jose bcrypt bcryptjs bcrypt-nodejs
crypto-js crypto-browserify create-hash create-hmac md5 sha.js hash.js elliptic bn.js node-forge tweetnacl
mongodb mongoose mysql mysql2 sequelize knex typeorm prisma pg pg-pool sqlite3 better-sqlite3 redis ioredis memcached
cassandra-driver elasticsearch neo4j-driver objection bookshelf waterline graphql graphql-tag graphql-tools
apollo-server apollo-server-express apollo-client apollo-link relay-runtime urql redux redux-thunk redux-saga
redux-logger redux-persist reselect mobx mobx-react zustand recoil jotai valtio xstate formik
aws-sdk aws-lambda serverless firebase firebase-admin firebase-tools googleapis google-auth-library azure-storage
stripe twilio nodemailer sendgrid mailgun-js discord.js telegraf node-telegram-bot-api slack web3 ethers truffle hardhat
solc web3-utils bitcoinjs-lib tronweb d3 d3-scale d3-array d3-shape chart.js echarts highcharts three pixi.js leaflet
mapbox-gl openlayers konva fabric hammerjs swiper slick-carousel gsap animejs lottie-web video.js howler quill
codemirror monaco-editor ace-builds tinymce marked markdown-it showdown remark rehype unified highlight.js prismjs
handlebars mustache ejs pug jade nunjucks sharp jimp canvas gm imagemin image-size node-sass sass less stylus postcss
autoprefixer postcss-preset-env cssnano purgecss browserslist caniuse-lite electron-to-chromium node-releases
electron electron-builder cordova ionic nativescript expo node-gyp node-gyp-build node-pre-gyp prebuild-install bindings
nan node-addon-api node-notifier node-schedule node-cron cron bull bullmq agenda amqplib kafkajs mqtt zeromq nats
cluster-key-slot source-map source-map-support source-map-js convert-source-map magic-string sourcemap-codec
iconv-lite encoding base64-js ieee754 buffer buffer-from buffer-crc32 events process assert util url path-browserify
os-browserify stream-browserify stream-http https-browserify timers-browserify tty-browserify vm-browserify
readline-sync prompt keypress open opn opener is-docker is-wsl is-plain-object is-plain-obj is-promise is-regex
is-string is-symbol is-callable is-date-object is-typed-array is-buffer is-core-module is-fullwidth-code-point isobject
kind-of extend extend-shallow deep-extend deepmerge merge merge-deep object-assign object-keys object-inspect
object.assign object.values object.entries array-flatten array-includes array.prototype.flat define-properties
define-property es-abstract es-to-primitive function-bind has has-symbols has-property-descriptors call-bind
get-intrinsic side-channel hasown gopd regexp.prototype.flags string.prototype.trimend string.prototype.trimstart
unbox-primitive which-boxed-primitive which-typed-array available-typed-arrays for-each left-pad pad-left repeat-string
escape-string-regexp camelcase camelcase-keys decamelize change-case param-case pascal-case slugify pluralize
he entities htmlparser2 domhandler domutils dom-serializer css-select css-what nth-check boolbase parse5 sax xmlbuilder
xmldom cssom cssstyle data-urls whatwg-url tr46 webidl-conversions abab agent-base https-proxy-agent http-proxy-agent
socks socks-proxy-agent proxy-from-env proxy-agent ip ipaddr is-ip tar tar-stream tar-fs archiver unzipper jszip adm-zip
yauzl yazl pako zlib minipass minizlib chownr yallist lru-cache keyv cacheable-request node-cache quick-lru mem memoizee
memoize-one eventemitter3 eventemitter2 emittery mitt nanoevents yeoman-generator plop hygen create-react-app
create-next-app create-vite degit npm npx yarn pnpm bower node-ipc event-stream ua-parser-js coa faker
enquirer query-string xtend bowser stylis js-base64 colord dargs gaxios duplexer2 duplexer3 is-regexp is-typedarray tsutils
recharts one-time cookies xml-js urijs trough parse-url isstream pascalcase callsite foreach mssql buffers aws-cdk rambda
ip-regex lodash.set dom-serialize jsdoc xmlbuilder2 mquery parseuri is-object ansicolors babel-types babel-template
babel-traverse babel-generator babel-code-frame babel-preset-react babel-plugin-transform-runtime
@types/node @types/react @types/react-dom @types/jest @types/lodash @types/express @types/mocha @types/uuid
@types/estree @types/json-schema @types/json5 @babel/core @babel/cli @babel/runtime @babel/preset-env
@babel/preset-react @babel/preset-typescript @babel/parser @babel/types @babel/traverse @babel/generator @babel/template
@babel/code-frame @babel/helper-validator-identifier @babel/plugin-transform-runtime @angular/core @angular/common
@angular/cli @angular/compiler @angular/forms @angular/router @angular/material @vue/cli-service @vue/compiler-sfc
@nestjs/core @nestjs/common @nestjs/cli @reduxjs/toolkit @testing-library/react @testing-library/jest-dom
@testing-library/user-event @typescript-eslint/parser @typescript-eslint/eslint-plugin @emotion/react @emotion/styled
@mui/material @mui/icons-material @material-ui/core @tanstack/react-query @tanstack/react-table @tanstack/react-router
@storybook/react @sentry/browser @sentry/node @aws-sdk/client-s3 @google-cloud/storage @azure/identity @octokit/rest
@actions/core @actions/github @grpc/grpc-js @prisma/client @apollo/client @fortawesome/fontawesome-svg-core
@popperjs/core @solana/web3.js @ethersproject/abi @jest/core @rollup/plugin-node-resolve @rollup/plugin-commonjs
@hapi/hapi @hapi/joi @fastify/cors @graphql-codegen/cli @commitlint/cli @changesets/cli @playwright/test @vitejs/plugin-react
`;

const pypi = `
requests urllib3 certifi idna chardet charset-normalizer httpx httpcore h11 h2 aiohttp aiosignal frozenlist multidict yarl
async-timeout attrs boto3 botocore s3transfer jmespath awscli aiobotocore s3fs fsspec gcsfs google-api-core google-auth
google-cloud-storage google-cloud-bigquery google-cloud-core google-resumable-media googleapis-common-protos grpcio
grpcio-status grpcio-tools protobuf proto-plus azure-core azure-identity azure-storage-blob msal numpy pandas scipy
matplotlib seaborn plotly bokeh altair scikit-learn scikit-image sklearn xgboost lightgbm catboost statsmodels sympy
networkx numba llvmlite cython dask distributed pyarrow fastparquet polars tensorflow tensorboard tensorflow-estimator
keras torch torchvision torchaudio transformers tokenizers huggingface-hub datasets accelerate safetensors diffusers
sentencepiece spacy nltk gensim openai anthropic langchain langchain-core langsmith tiktoken llama-index jax jaxlib
opencv-python opencv-python-headless pillow imageio tifffile pywavelets django djangorestframework django-cors-headers
django-filter django-debug-toolbar django-extensions django-redis flask flask-cors flask-login flask-migrate
flask-restful flask-sqlalchemy flask-wtf fastapi starlette uvicorn gunicorn hypercorn werkzeug jinja2 markupsafe
itsdangerous blinker tornado sanic bottle pyramid twisted scrapy celery kombu billiard vine amqp redis hiredis rq
sqlalchemy alembic psycopg2 psycopg2-binary psycopg pymysql mysqlclient mysql-connector-python pymongo motor asyncpg
aiomysql peewee elasticsearch cassandra-driver neo4j cryptography cffi pycparser pyopenssl pynacl bcrypt passlib
pycryptodome pycryptodomex pyjwt python-jose oauthlib requests-oauthlib authlib paramiko fabric invoke ansible
ansible-core pyyaml ruamel-yaml toml tomli tomlkit configparser python-dotenv pydantic pydantic-core pydantic-settings
annotated-types marshmallow jsonschema jsonpointer jsonpatch simplejson ujson orjson msgpack click typer rich colorama
termcolor tqdm tabulate prettytable texttable prompt-toolkit pygments docopt fire argcomplete loguru structlog
python-json-logger sentry-sdk prometheus-client opentelemetry-api opentelemetry-sdk datadog ddtrace newrelic six
future python-dateutil pytz tzdata tzlocal arrow pendulum croniter schedule apscheduler dateparser humanize
typing-extensions mypy mypy-extensions pyright pylint flake8 pycodestyle pyflakes black isort ruff autopep8 yapf bandit
pre-commit virtualenv pipenv poetry poetry-core hatchling setuptools setuptools-scm wheel twine pip pip-tools uv build
packaging pyparsing platformdirs appdirs filelock distlib pytest pytest-cov pytest-asyncio pytest-mock pytest-xdist
pytest-django coverage tox nox hypothesis mock responses vcrpy freezegun faker factory-boy pluggy iniconfig exceptiongroup
nose selenium webdriver-manager playwright pyppeteer beautifulsoup4 bs4 lxml html5lib cssselect soupsieve bleach
markdown mistune docutils sphinx sphinx-rtd-theme mkdocs mkdocs-material jupyter jupyterlab notebook ipython ipykernel
ipywidgets nbconvert nbformat traitlets jupyter-core jupyter-client pyzmq psutil pexpect ptyprocess watchdog gevent
greenlet eventlet trio anyio sniffio websockets websocket-client zeep suds pysocks dnspython email-validator
phonenumbers stripe twilio sendgrid slack-sdk tweepy discord discord-py python-telegram-bot telethon kubernetes docker
docker-compose openpyxl xlrd xlsxwriter xlwt reportlab pypdf2 pypdf pdfminer-six python-docx python-pptx pyinstaller
cx-freeze pywin32 pyautogui pyperclip keyboard pyserial smbus2 shapely geopandas folium fiona rasterio pyproj web3
eth-account ccxt python-binance yfinance mlflow wandb optuna ray gym airflow apache-airflow luigi prefect dbt-core
snowflake-connector-python pyspark databricks-cli great-expectations streamlit gradio dash wrapt decorator cachetools
more-itertools toolz joblib cloudpickle dill importlib-metadata importlib-resources zipp pyasn1 pyasn1-modules rsa
ecdsa httplib2 uritemplate retrying tenacity backoff sortedcontainers regex python-slugify unidecode text-unidecode
fuzzywuzzy python-levenshtein rapidfuzz distro jeepney secretstorage keyring ply pyrsistent
`;

let npmIndex: ReturnType<typeof resemblanceIn> | undefined;
let pypiIndex: ReturnType<typeof resemblanceIn> | undefined;

/** The well-known package that a name resembles; undefined where there is none, and for what is no package of npm or PyPI. */
export function popularResemblance(type: PackageType, name: string): Resemblance | undefined {
  if (type === "npm") {
    npmIndex ??= resemblanceIn(namesOf(npm));
    return npmIndex(name);
  }
  if (type !== "pypi") return undefined;
  pypiIndex ??= resemblanceIn(namesOf(pypi));
  return pypiIndex(name.toLowerCase().replace(/[-_.]+/g, "-"));
}

function namesOf(list: string): string[] {
  return list.trim().split(/\s+/);
}
