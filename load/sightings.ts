// When the load generator saw each order come how far: by a plain subscription to the events, as they reach everybody.
import { connect } from '@nats-io/transport-node'
import { order, inventory, payment } from '@deliveryflow/contracts'
