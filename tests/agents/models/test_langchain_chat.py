"""A chat model of LangChain plays a role."""

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from antiphon.agents.models.chat import ChatRequest, Message, complete
from antiphon.agents.models.langchain_chat import LangChainChat
from antiphon.tools.base.errors import EndpointBrokeOff

ASK = ChatRequest((Message("system", "Be kind."), Message("user", "Hello?"), Message("assistant", "Yes?")))


async def test_a_langchain_model_answers_in_pieces() -> None:
    reply = await complete(LangChainChat(GenericFakeChatModel(messages=iter([AIMessage("It is blue.")]))), ASK)
    assert (reply.text, reply.finish) == ("It is blue.", "stop")


async def test_the_failure_of_a_langchain_model_is_ours() -> None:
    with pytest.raises(EndpointBrokeOff, match="the LangChain model failed"):
        await complete(LangChainChat(GenericFakeChatModel(messages=iter([]))), ASK)
