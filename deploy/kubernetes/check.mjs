// Renders each overlay, alone and with the components, validates every object against the schema of its kind, and looks
// whether the objects agree with each other; exits 1 and says where when one is wrong.
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import yaml from "js-yaml";

const here = fileURLToPath(new URL(".", import.meta.url));
// What a stop needs beside preStop's sleep and the time for what has begun: leaving the cluster, closing connections.
const restOfStop = 5;
let wrong = 0;

for (const overlay of ["in-cluster-database", "external-database"]) {
  // A copy, so that the example's secrets serve without touching anybody's own.
  const copy = mkdtempSync(join(tmpdir(), "marketdata-kustomize-"));
  try {
    for (const part of ["base", "components", "overlays"]) cpSync(join(here, part), join(copy, part), { recursive: true });
    const folder = join(copy, "overlays", overlay);
    for (const file of readdirSync(folder).filter((file) => file.endsWith(".example.env"))) cpSync(join(folder, file), join(folder, file.replace(".example", "")));
    wrong += await check(overlay, folder);
    const components = ["queue-autoscaling", "key-certificate", "bulk-files"];
    appendFileSync(join(folder, "kustomization.yaml"), `\ncomponents:\n${components.map((name) => `  - ../../components/${name}\n`).join("")}`);
    wrong += await check(`${overlay} with ${components.join(" and ")}`, folder);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

process.exitCode = wrong > 0 ? 1 : 0;

async function check(name, folder) {
  const objects = yaml.loadAll(execFileSync("kubectl", ["kustomize", folder], { encoding: "utf8" }));
  const found = [];
  for (const object of objects) found.push(...(await againstSchema(object)));
  for (const deployment of objects.filter((object) => object.kind === "Deployment")) found.push(...ofDeployment(deployment, objects));
  for (const scaler of objects.filter((object) => object.kind === "HorizontalPodAutoscaler")) found.push(...ofScaler(scaler, objects));
  for (const cluster of objects.filter((object) => object.kind === "Cluster")) found.push(...ofCluster(cluster, objects));
  for (const problem of found) console.error(`${name}: ${problem}`);
  console.log(`${name}: ${objects.length} objects`);
  return found.length;
}

async function againstSchema(object) {
  // kubectl folds long base64 values over several lines, which YAML allows and the schema's format does not.
  if (object.kind === "Secret") object.data = Object.fromEntries(Object.entries(object.data).map(([key, value]) => [key, value.replace(/\s/g, "")]));
  try {
    const models = await import(`${object.apiVersion.includes("cnpg.io/") ? "@kubernetes-models/cloudnative-pg" : "kubernetes-models"}/${object.apiVersion}`);
    new models[object.kind](object).validate();
    return [];
  } catch (error) {
    return [`${named(object)}: ${error.message}`];
  }
}

function ofDeployment(deployment, objects) {
  const problems = [];
  const { labels } = deployment.spec.template.metadata;
  const pod = deployment.spec.template.spec;
  const isOurs = (selector) => Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value);
  const budgets = objects.filter((object) => object.kind === "PodDisruptionBudget" && isOurs(object.spec.selector));
  if (budgets.length !== 1) problems.push(`${named(deployment)}: ${budgets.length} PodDisruptionBudgets take its pods`);
  if (deployment.spec.replicas === undefined && !scalersOf(deployment, objects).length) problems.push(`${named(deployment)}: nothing says how many replicas`);
  for (const container of pod.containers) {
    const { requests, limits } = container.resources ?? {};
    if (!requests?.cpu || !requests?.memory || !limits?.memory) problems.push(`${named(deployment)}: ${container.name} lacks a request or a limit`);
    const needed = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) + shutdownSeconds(container, objects) + restOfStop;
    if (pod.terminationGracePeriodSeconds < needed) problems.push(`${named(deployment)}: a stop may take ${needed} s, and its grace period ends before`);
  }

  return problems;
}

function ofScaler(scaler, objects) {
  const { kind, name } = scaler.spec.scaleTargetRef;
  const target = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!target) return [`${named(scaler)}: there is no ${kind} ${name}`];
  const unserved = scaler.spec.metrics.filter((metric) => metric.type === "External" && !served().includes(metric.external.metric.name));
  if (unserved.length) return unserved.map((metric) => `${named(scaler)}: no rule of the adapter serves ${metric.external.metric.name}`);
  return target.spec.replicas === undefined ? [] : [`${named(target)}: each apply sets back the replicas that ${named(scaler)} chose`];
}

function served() {
  const values = yaml.load(readFileSync(join(here, "components/queue-autoscaling/adapter-values.yaml"), "utf8"));
  return values.rules.external.map((rule) => rule.name.as);
}

// kustomize gives secrets a suffix, which reaches the operator's resource by names.yaml alone.
function ofCluster(cluster, objects) {
  const { accessKeyId, secretAccessKey } = cluster.spec.backup.barmanObjectStore.s3Credentials;
  const keys = [{ name: cluster.spec.bootstrap.initdb.secret.name, key: "password" }, accessKeyId, secretAccessKey];
  const problems = keys
    .filter(({ name, key }) => !objects.some((object) => object.kind === "Secret" && object.metadata.name === name && key in object.data))
    .map(({ name, key }) => `${named(cluster)}: no Secret ${name} has ${key}`);
  const backups = objects.filter((object) => object.kind === "ScheduledBackup" && object.spec.cluster.name === cluster.metadata.name);
  if (backups.length === 0) problems.push(`${named(cluster)}: nothing backs it up`);
  return problems;
}

function scalersOf(deployment, objects) {
  return objects.filter((object) => object.kind === "HorizontalPodAutoscaler" && object.spec.scaleTargetRef.name === deployment.metadata.name);
}

function shutdownSeconds(container, objects) {
  const settings = (container.envFrom ?? []).map((from) => objects.find((object) => object.kind === "ConfigMap" && object.metadata.name === from.configMapRef?.name));
  return Number(settings.find((map) => map?.data.DOTNET_SHUTDOWNTIMEOUTSECONDS)?.data.DOTNET_SHUTDOWNTIMEOUTSECONDS ?? Infinity);
}

function named(object) {
  return `${object.kind} ${object.metadata?.name}`;
}
