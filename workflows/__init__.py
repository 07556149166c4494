"""Second floor: many steps, many minds. Only this floor imports LangGraph."""
