import Testing

/// Every test of the Kit; one after another, since the fake host is one.
@Suite(.serialized) enum KitTests {}
