/// What a message holds; a text has been checked to be UTF-8.
package enum MessageKind: Sendable { case text, binary }
