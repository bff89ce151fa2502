'use strict';
// A worker made from the .proto alone: takes tasks of one type, and answers each with {"by": <its name>, "n": <the task's n>}. A task with {"hang": <its name>} it
// keeps. What happens it says on stdout, one JSON object a line.
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [, , protos, address, token, workerId, type] = process.argv;
const definition = loader.loadSync('task_worker.proto', { includeDirs: [protos], longs: String, oneofs: true });
const { TaskWorker } = grpc.loadPackageDefinition(definition).airliner.tasks.v1;
const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n');

const metadata = new grpc.Metadata();
metadata.set('authorization', `Bearer ${token}`);
// Pings tell a gateway whose host has gone from one that has no tasks.
const stream = new TaskWorker(address, grpc.credentials.createInsecure(), { 'grpc.keepalive_time_ms': 15000, 'grpc.keepalive_timeout_ms': 10000 }).Work(metadata);
const held = new Map();
const end = (lease, report) => {
  held.delete(lease.taskId);
  stream.write(report);
};

stream.on('data', message => {
  if (message.registered) {
    say('registered');
    setInterval(() => stream.write({ heartbeat: { leases: [...held.values()] } }), message.registered.heartbeatSeconds * 1000);
  } else if (message.lease) {
    const { lease, parameters } = message.lease;
    const { n, hang } = JSON.parse(parameters);
    held.set(lease.taskId, lease);
    say('lease', { taskId: lease.taskId, attempt: lease.attempt });
    stream.write({ progress: { lease, percent: 10 } });
    if (hang !== workerId)
      end(lease, { complete: { lease, result: JSON.stringify({ by: workerId, n }) } });
  } else if (message.cancel) {
    end(message.cancel.lease, { handBack: { lease: message.cancel.lease } });
  } else if (message.accepted) {
    say('accepted', { taskId: message.accepted.lease.taskId });
  } else if (message.refused) {
    say('refused', { taskId: message.refused.lease.taskId, attempt: message.refused.lease.attempt, reason: message.refused.reason });
  }
});
stream.on('error', error => {
  say('error', { code: error.code, details: error.details });
  process.exit(1);
});
stream.write({ register: { workerId, types: [{ type, capacity: 5 }] } });

// {"late": {taskId, attempt}} on stdin: answers for a lease that this worker may never have had.
require('readline').createInterface({ input: process.stdin }).on('line', line => {
  const { late } = JSON.parse(line);
  stream.write({ complete: { lease: late, result: '"late"' } });
});
