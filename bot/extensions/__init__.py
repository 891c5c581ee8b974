"""What we add to Rasa so that it can stand behind the bridge. Each module says what it mends.

- `bridge_channel`: the one way in; a failure is a 503, never an empty 200; slash text is text.
- `strict_processor`: an action that fails fails the turn; stock Rasa logs it and says nothing to the shopper.
- `tracker_memory`: conversations in this process's memory, bounded; the bridge's record refills it.
- `light_rasa`: Rasa without TensorFlow and the SDKs of channels and stores this bot never uses.
- `quick_rasa`: no schema of schemas, no search through classes, no replay of the conversation at every action.
"""
