#!/usr/bin/env bash
# Ends a Pod and says so only when its own node has confirmed that the containers are gone.
# --force alone proves nothing: it takes the Pod out of the API while its containers may run on a node that does not answer.
set -euo pipefail

namespace=databases
export KUBECONFIG=/etc/interrex/fencing.kubeconfig # may get and delete Pods of that namespace, and get nodes

[[ ${INTERREX_ACTION:?} == off ]] || exit 10
pod=interrex-${INTERREX_MEMBER:?}-0

node=$(kubectl --namespace "$namespace" get pod "$pod" --output 'jsonpath={.spec.nodeName}' --ignore-not-found)
if [[ -z $node ]]; then
  echo "there is no Pod $pod: whether one runs on a lost node nobody can say here"
  exit 1
fi
ready=$(kubectl get node "$node" --output 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')
if [[ $ready != True ]]; then
  echo "node $node does not answer (Ready is $ready): a deleted Pod could run on there"
  exit 1
fi
# Without --force the API forgets a Pod only when the node's kubelet has said that its containers ended.
kubectl --namespace "$namespace" delete pod "$pod" --grace-period=1 --wait=true --timeout="$((${INTERREX_TIMEOUT_MS:?} / 1000 - 2))s"
echo "$pod ended on $node"
