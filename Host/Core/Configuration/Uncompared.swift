/// A property that equality passes over, such as where a value is written.
///
/// Two configurations are equal when they say the same, wherever they say it.
@propertyWrapper
package struct Uncompared<Value: Sendable>: Sendable, Equatable {
    package var wrappedValue: Value

    package init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    package static func == (_: Self, _: Self) -> Bool { true }
}
