'use strict';
// Reads a JSON array of objects of Kubernetes, and writes what is wrong with them by the schemas that Kubernetes publishes: a line for each, none where all is well.
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const [models] = process.env.NODE_PATH.split(path.delimiter).map(modules => path.join(modules, 'kubernetes-models')).filter(existsSync);

// Kubernetes' schemas let members pass that they do not know; kubectl and this do not. A member is known if the validator that was made of the schema looks at it.
function watch(value, at, looked) {
  if (value === null || typeof value !== 'object')
    return value;
  const children = new Map();
  return new Proxy(value, {
    get(target, member) {
      if (!Object.hasOwn(target, member) || typeof member === 'symbol')
        return Reflect.get(target, member);
      looked.add(`${at}/${member}`);
      if (!children.has(member))
        children.set(member, watch(target[member], `${at}/${member}`, looked));
      return children.get(member);
    },
  });
}

function* unknown(value, at, looked) {
  if (value === null || typeof value !== 'object')
    return;
  for (const [member, inner] of Object.entries(value)) {
    const here = `${at}/${member}`;
    if (looked.has(here))
      yield* unknown(inner, here, looked);
    else
      yield here;
  }
}

async function faults(object) {
  const { apiVersion, kind, metadata } = object;
  const name = `${kind} ${metadata?.name}`;
  const model = path.join(models, ...String(apiVersion).split('/'), `${kind}.js`);
  if (!existsSync(model))
    return [`${name}: Kubernetes has no ${kind} of ${apiVersion}`];
  const schema = /from"[./]+(_schemas\/\w+\.js)"/.exec(readFileSync(model, 'utf8'))[1];
  const { validate } = await import(pathToFileURL(path.join(models, schema)));
  const looked = new Set();
  const isValid = validate(watch(object, '', looked));
  return [
    ...(isValid ? [] : validate.errors.map(({ instancePath, keyword, params }) => `${name} ${instancePath}: ${keyword} ${JSON.stringify(params)}`)),
    ...Array.from(unknown(object, '', looked), at => `${name} ${at}: unknown`),
  ];
}

(async () => {
  for (const object of JSON.parse(readFileSync(0, 'utf8')))
    for (const fault of await faults(object))
      console.log(fault);
})();
