'use strict';
// Reads an AsyncAPI document, and writes what is wrong with it by the schema that is published for its version: a line for each, none where all is well.
const { readFileSync } = require('node:fs');
const Ajv = require('ajv');
const addFormats = require('ajv-formats');

const document = JSON.parse(readFileSync(0, 'utf8'));
const schema = require('@asyncapi/specs/schemas/3.0.0.json');
// Ajv has the one of draft 07 itself, under the same name.
delete schema.definitions['http://json-schema.org/draft-07/schema'];

// Not strict: the schema has examples and annotations of its own.
const ajv = addFormats(new Ajv({ allErrors: true, strict: false }));
const validate = ajv.compile(schema);
if (!validate(document))
    for (const { instancePath, message, params } of validate.errors)
        console.log(`${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
